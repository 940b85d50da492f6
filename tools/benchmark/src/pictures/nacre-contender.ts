import {
  createPictureCodec,
  type EncodePictureOptions,
  type PictureCodec,
  type ReadablePicture,
} from "@nacre/codec";
import { readPictureModel } from "@nacre/codec/node";
import { NacreError } from "@nacre/errors";
import { collectPicture, tileCoder } from "@nacre/media/pictures";
import type { PicturePlanes } from "@nacre/metrics";
import { modelFolder, pictureTiles } from "@nacre/nacre";
import { createRuntime } from "@nacre/runtime/node";
import type { Contender } from "./contender.js";

/** Ways in which we can be told how much to write, with the settings that are measured; a new one is an entry. */
export const rateWays = {
  layers: {
    settings: (layers: number) => Array.from({ length: layers }, (_, i) => i + 1),
    options: (layers: number): EncodePictureOptions => ({ layers }),
    says: "content layers",
  },
  quality: {
    settings: () => [5, 15, 25, 35, 45, 55, 65, 75, 85, 95],
    options: (quality: number): EncodePictureOptions => ({ quality }),
    says: "quality, 0 to 100",
  },
} as const satisfies Record<
  string,
  { settings: (layers: number) => number[]; options: (setting: number) => EncodePictureOptions; says: string }
>;

/** The name of a way. */
export type RateWay = keyof typeof rateWays;

/**
 * Our codec with a model; without a guard a classical coding never takes a tile's place.
 *
 * model     name of a shipped one, or a folder
 * by        how it is told how much to write
 * settings  of that way; those of `rateWays` by default
 * threads   of the networks
 * guard     lets a classical coding take the place of tiles that the networks do badly
 * throws    NacreError "model" when there is no such model of pictures, "option" for an unknown way
 */
export async function nacreContender(
  model: string,
  {
    by = "layers",
    settings,
    threads = 2,
    guard = false,
  }: { by?: RateWay; settings?: readonly number[]; threads?: number; guard?: boolean } = {},
): Promise<Contender> {
  const way = Object.hasOwn(rateWays, by) ? rateWays[by] : undefined;
  if (!way) throw unknownWay(by);
  const coder = tileCoder();
  const codec = await createPictureCodec(await readPictureModel(modelFolder(model)), createRuntime(), {
    threads,
    tileCoder: coder,
  });
  const layers = codec.model.quantizer.layers;
  return {
    name: "nacre",
    label: `nacre ${codec.model.id}`,
    chroma: "4:4:4",
    encoder: `${codec.model.id}, decode hash ${codec.model.config.decodeHash}, settings are ${way.says}, ${threads} threads, ${guard ? "guarded" : "no guard"}`,
    settings: settings ?? way.settings(layers),
    encode: (picture, setting) =>
      encode(codec, picture, { ...way.options(setting), ...(guard && { guard: coder }) }),
    decode: (bytes) => decode(codec, bytes),
    stored: storedShare,
    close: () => codec.close(),
  };
}

async function encode(
  codec: PictureCodec,
  { width, height, planes }: PicturePlanes,
  options: EncodePictureOptions,
): Promise<Uint8Array> {
  const picture: ReadablePicture = { width, height, bitDepth: 8, colour: "rgb", planes: planes.map(bytesOf) };
  const parts: Uint8Array[] = [];
  for await (const part of codec.encode(picture, options)) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

async function decode(codec: PictureCodec, bytes: Uint8Array): Promise<PicturePlanes> {
  const { width, height, planes } = await collectPicture(await codec.decode(once(bytes)));
  return { width, height, peak: 255, planes };
}

function storedShare(bytes: Uint8Array): number {
  const tiles = pictureTiles(bytes);
  return tiles.filter(({ kind }) => kind !== "network").length / tiles.length;
}

function bytesOf(plane: PicturePlanes["planes"][number]): Uint8Array {
  return plane instanceof Uint8Array ? plane : Uint8Array.from(plane);
}

async function* once(bytes: Uint8Array) {
  yield bytes;
}

function unknownWay(by: string): NacreError {
  return new NacreError("option", { found: `--by ${by}`, expected: Object.keys(rateWays).join(", ") });
}
