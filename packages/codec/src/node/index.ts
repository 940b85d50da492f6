import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { type AnyModel, loadAnyModel } from "../any-model.js";
import { loadModel, type Model, type ModelFiles } from "../model.js";
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
export async function readModel(folder: string): Promise<Model> {
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
  const [config, weights, tables] = await Promise.all([
    readPart(folder, modelFiles.config),
    readPart(folder, modelFiles.weights),
    readPart(folder, modelFiles.tables),
  ]);
  return { config: parseJson(folder, config), weights, tables };
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
