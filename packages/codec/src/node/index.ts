import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { type AnyModel, loadAnyModel } from "../any-model.js";
import { loadModel, type ModelFiles, type NetworkModel } from "../model.js";
import { isPairConfig, pairFileNames } from "../onnx-pair/pair-model.js";
import { loadPictureModel, type PictureModel } from "../picture/picture-model.js";
import { type FilmModel, loadFilmModel } from "../video/film-model.js";

/** Names of the files in a model's folder. */
export const modelFiles = {
  config: "model.json",
  weights: "weights.safetensors",
  tables: "tables.bin",
} as const;

/**
 * Reads a model of sound from its folder.
 *
 * throws NacreError "model" when a file is missing, damaged, does not belong to the others, or is of another medium
 */
export async function readModel(folder: string): Promise<NetworkModel> {
  return loadModel(await readFiles(folder));
}

/** The same for pictures. */
export async function readPictureModel(folder: string): Promise<PictureModel> {
  return loadPictureModel(await readFiles(folder));
}

/** The same for predicted frames. */
export async function readFilmModel(folder: string): Promise<FilmModel> {
  return loadFilmModel(await readFiles(folder));
}

/** The same for a model of any medium; `medium` tells which. */
export async function readAnyModel(folder: string): Promise<AnyModel> {
  return loadAnyModel(await readFiles(folder));
}

async function readFiles(folder: string): Promise<ModelFiles> {
  const json = parseJson(folder, await readPart(folder, modelFiles.config));
  if (isPairConfig(json)) return readPair(folder, json);
  const [weights, tables] = await Promise.all([
    readPart(folder, modelFiles.weights),
    readPart(folder, modelFiles.tables),
  ]);
  return { config: json, weights, tables };
}

async function readPair(folder: string, config: unknown): Promise<ModelFiles> {
  const tables = await readPart(folder, modelFiles.tables);
  const graphs: Record<string, Uint8Array> = {};
  for (const part of pairFileNames(config)) graphs[part] = await readPart(folder, `${part}.onnx`);
  return { config, weights: new Uint8Array(0), tables, graphs };
}

async function readPart(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new NacreError(
      "model",
      {
        found: `no readable ${name} in ${folder}`,
        expected: "the folder of a model",
        mend: "name a model or its folder",
      },
      { cause },
    );
  }
}

function parseJson(folder: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new NacreError(
      "model",
      { found: `${join(folder, modelFiles.config)} that is not JSON` },
      { cause },
    );
  }
}
