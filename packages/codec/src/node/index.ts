import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { loadModel, type Model } from "../model.js";

/** Names of the files in a model's folder. */
export const modelFiles = {
  config: "model.json",
  weights: "weights.safetensors",
  tables: "tables.bin",
} as const;

/**
 * Reads a model from its folder.
 *
 * throws NacreError "model" when a file is missing, damaged, or does not belong to the others
 */
export async function readModel(folder: string): Promise<Model> {
  const [config, weights, tables] = await Promise.all([
    readPart(folder, modelFiles.config),
    readPart(folder, modelFiles.weights),
    readPart(folder, modelFiles.tables),
  ]);
  return loadModel({ config: parseJson(folder, config), weights, tables });
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
