import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import type { Model } from "@nacre/codec";
import { readModel } from "@nacre/codec/node";
import { NacreError } from "@nacre/errors";

/** Models that this release brings along; adding one is a package and a line. */
const shipped = ["speech-24k"] as const;

/** The model that is used when none is named. */
export const defaultModel = shipped[0];

/** What a user wants to know of a model. */
export type ModelInfo = {
  /** "name@version", as files name it. */
  id: string;
  name: string;
  version: number;
  description: string;
  licence: string;
  /** Hertz that sound is brought to before it is coded. */
  sampleRate: number;
  /** Frames of codes per second. */
  frameRate: number;
  layers: number;
  /** What one frame can be in one layer: entries of its codebook, or the product of its channels' levels. */
  entries: number;
  /** Sizes of the first layer's alphabets, one per code of a frame: one for vectors, a channel each for scalars. */
  alphabets: readonly number[];
  /** 16 hex digits that name what decides decoding. */
  decodeHash: string;
  folder: string;
};

/** Every model that this installation brings along. */
export async function listModels(): Promise<ModelInfo[]> {
  const folders = shipped.map(packageFolder).filter((folder) => folder !== undefined);
  return Promise.all(folders.map(async (folder) => infoOf(await readModel(folder), folder)));
}

/**
 * The folder of a model.
 *
 * name    of a shipped model, with or without "@version", or a path
 * throws  NacreError "model" when there is none
 */
export function modelFolder(name: string): string {
  const [bare] = name.split("@");
  const known = shipped.find((each) => each === bare);
  const folder = known && packageFolder(known);
  if (folder) return folder;
  if (existsSync(resolve(name, "model.json"))) return resolve(name);
  const installed = shipped.filter((each) => packageFolder(each));
  throw new NacreError("model", {
    found: `no model "${name}"`,
    expected: `${installed.join(", ") || "one that is installed (there is none)"} or a folder with a model.json`,
    mend: "install the package of the model, or give its folder with --model",
  });
}

/** What there is to tell of a model. */
export function infoOf({ config, id, quantizer, sampleRate, hop }: Model, folder: string): ModelInfo {
  const alphabets = quantizer.alphabets[0]!;
  return {
    id,
    name: config.name,
    version: config.version,
    description: config.description,
    licence: config.licence,
    sampleRate,
    frameRate: sampleRate / hop,
    layers: quantizer.layers,
    entries: alphabets.reduce((product, size) => product * size, 1),
    alphabets,
    decodeHash: config.decodeHash,
    folder,
  };
}

function packageFolder(name: string): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`@nacre/model-${name}/package.json`));
    // A package whose files are still to be fetched or trained is no model yet.
    return existsSync(resolve(folder, "model.json")) ? folder : undefined;
  } catch {
    return undefined;
  }
}
