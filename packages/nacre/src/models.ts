import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";
import { type AnyModel, decodesPrefixes, type Model, type PictureModel } from "@nacre/codec";
import { readAnyModel } from "@nacre/codec/node";
import { NacreError } from "@nacre/errors";

/** What a model codes. */
export type ModelMedium = AnyModel["medium"];

/** Models that this release brings along, the usual one of each medium first; adding one is a package and a line. */
const shipped = [
  { name: "speech-24k", medium: "audio" },
  { name: "speech-24k-fsq-factorised", medium: "audio" },
  { name: "photo", medium: "image" },
] as const;

/** The model of sounds that is used when none is named. */
export const defaultModel = "speech-24k" satisfies (typeof shipped)[number]["name"];

/** The model of pictures that is used when none is named. */
export const defaultPictureModel = "photo" satisfies (typeof shipped)[number]["name"];

/** What a user wants to know of a model of any medium. */
type CommonInfo = {
  /** "name@version", as files name it. */
  id: string;
  name: string;
  version: number;
  description: string;
  licence: string;
  layers: number;
  /** 16 hex digits that name what decides decoding. */
  decodeHash: string;
  folder: string;
};

/** What a user wants to know of a model of sounds. */
export type ModelInfo = CommonInfo & {
  medium: "audio";
  /** Hertz that sound is brought to before it is coded. */
  sampleRate: number;
  /** Frames of codes per second. */
  frameRate: number;
  /** Frames from one code to the next, layer by layer. */
  strides: readonly number[];
  /** What one frame can be in one layer: entries of its codebook, or the product of its channels' levels. */
  entries: number;
  /** Whether the first layers decode alone; those of Nacre's own models do. */
  prefixes: boolean;
  /** Sizes of the first layer's alphabets, one per code of a frame: one for vectors, a channel each for scalars. */
  alphabets: readonly number[];
};

/** What a user wants to know of a model of pictures. */
export type PictureModelInfo = CommonInfo & {
  medium: "image";
  /** Pixels along a side of a position of the latent. */
  patch: number;
  /** Pixels along a side of a tile, which is coded on its own. */
  tile: number;
  /** Codes of a position in one layer, and side codes of a cell. */
  channels: number;
  sideChannels: number;
  /** Values that one code can have. */
  levels: number;
};

/** Every model that this installation brings along. */
export async function listModels(): Promise<(ModelInfo | PictureModelInfo)[]> {
  const folders = shipped.map(({ name }) => packageFolder(name)).filter((folder) => folder !== undefined);
  return Promise.all(folders.map(async (folder) => infoOf(await readAnyModel(folder), folder)));
}

/**
 * The folder of a model.
 *
 * name    of a shipped model, with or without "@version", or a path
 * medium  whose models are named when there is none of that name; all by default
 * throws  NacreError "model" when there is none
 */
export function modelFolder(name: string, medium?: ModelMedium): string {
  const [bare] = name.split("@");
  const known = shipped.find((each) => each.name === bare);
  const folder = known && packageFolder(known.name);
  if (folder) return folder;
  if (existsSync(resolve(name, "model.json"))) return resolve(name);
  const installed = shipped.filter(
    (each) => (medium ?? each.medium) === each.medium && packageFolder(each.name),
  );
  const names = installed.map((each) => each.name).join(", ");
  throw new NacreError("model", {
    found: `no model "${name}"`,
    expected: `${names || "one that is installed (there is none)"} or a folder with a model.json`,
    mend: "install the package of the model, or give its folder with --model",
  });
}

/** What there is to tell of a model. */
export function infoOf(model: Model, folder: string): ModelInfo;
export function infoOf(model: PictureModel, folder: string): PictureModelInfo;
export function infoOf(model: AnyModel, folder: string): ModelInfo | PictureModelInfo;
export function infoOf(model: AnyModel, folder: string): ModelInfo | PictureModelInfo {
  const { id, config, quantizer } = model;
  const { name, version, description, licence, decodeHash } = config;
  const common = { id, name, version, description, licence, layers: quantizer.layers, decodeHash, folder };
  return model.medium === "image" ? { ...common, ...picturePart(model) } : { ...common, ...soundPart(model) };
}

function soundPart(model: Model): Omit<ModelInfo, keyof CommonInfo> {
  const { quantizer, sampleRate, hop } = model;
  const alphabets = quantizer.alphabets[0]!;
  const entries = alphabets.reduce((product, size) => product * size, 1);
  return {
    medium: "audio",
    sampleRate,
    frameRate: sampleRate / hop,
    strides: quantizer.strides ?? quantizer.alphabets.map(() => 1),
    entries,
    prefixes: decodesPrefixes(model),
    alphabets,
  };
}

function picturePart({
  config,
  patch,
  quantizer,
  context,
}: PictureModel): Omit<PictureModelInfo, keyof CommonInfo> {
  return {
    medium: "image",
    patch,
    tile: config.tile.size * patch,
    channels: quantizer.dimension,
    sideChannels: context.sideChannels,
    levels: 2 * context.reach + 1,
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
