/** The tiny model of pictures, made from a seed; pictures for it, and short ways through the codec. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { initialValues } from "@nacre/blocks";
import { pictureDecoder } from "@nacre/decoder";
import { pictureEncoder } from "@nacre/encoder";
import { type ContextSource, type LinearContext, symbolTableFromCounts } from "@nacre/entropy";
import { createRuntime } from "@nacre/runtime/node";
import type { Picture, PicturePlane, PictureStream } from "@nacre/signal";
import {
  createPictureCodec,
  type DecodePictureOptions,
  type EncodePictureOptions,
  type ModelFiles,
  type PictureCodec,
  type ReadablePicture,
  type TrainedPictureModel,
} from "../src/index.js";
import { readPictureModel } from "../src/node/index.js";
import { cropped } from "../src/picture/pixels.js";
import { inPieces, joinBytes, seededRandom } from "./tiny.js";

/** Where the frozen model stands. */
export const tinyPictureFolder = fileURLToPath(new URL("tiny-picture-model", import.meta.url));
/** Pixels along a side of its tiles and of its cells. */
export const tile = 128;
export const cell = 64;

export async function openTinyPicture(threads = 1): Promise<PictureCodec> {
  const model = await readPictureModel(tinyPictureFolder);
  return createPictureCodec(model, createRuntime({ worker: false }), { threads });
}

/**
 * The same with tables as a trained model has them, from narrow to wide: logistic distributions of rising scale. The
 * frozen model's context is not trained, and what was counted for its tables is in no order.
 */
export async function openOrderedPicture(): Promise<PictureCodec> {
  const frozen = await readPictureModel(tinyPictureFolder);
  const scales = Array.from({ length: tables }, (_, at) => 0.06 * 1000 ** (at / (tables - 1)));
  const ordered = scales.map((scale) => {
    const upTo = (edge: number) => 1 / (1 + Math.exp(-edge / scale));
    const counts = Array.from({ length: 2 * reach + 1 }, (_, symbol) => {
      const size = Math.abs(symbol - reach);
      return Math.round(1e9 * (upTo(0.5 - size) - upTo(-0.5 - size)));
    });
    return symbolTableFromCounts(counts);
  });
  const model = { ...frozen, tables: frozen.tables.map(() => ordered) };
  return createPictureCodec(model, createRuntime({ worker: false }), { threads: 1 });
}

/** The model's three files, to be damaged. */
export async function tinyPictureFiles(): Promise<ModelFiles> {
  const read = async (name: string) => new Uint8Array(await readFile(`${tinyPictureFolder}/${name}`));
  return {
    config: JSON.parse(new TextDecoder().decode(await read("model.json"))),
    weights: await read("weights.safetensors"),
    tables: await read("tables.bin"),
  };
}

const [channels, sideChannels, layers, reach, tables, precision] = [8, 3, 3, 20, 16, 8];
const sizes = { dim: 12, blocks: 1, kernel: 3, expansion: 2 };
const encoder = { ...sizes, latentDim: channels, sideDim: 8, sideChannels };
const decoder = {
  ...{ ...sizes, latentDim: channels, sideChannels, layers },
  ...{ fineDim: 6, fineBlocks: 1, fineKernel: 3, fineExpansion: 2 },
};

/**
 * Not trained: a cosine transform of patches, slightly stirred by blocks with weights from the seed, and its
 * inverse by patches of 4 x 4. It keeps what is smooth, and more of it with every layer.
 */
export function tinyPictureTraining(seed: number): TrainedPictureModel {
  const parameters = {
    ...initialValues(pictureEncoder.parameters(encoder), seed),
    ...initialValues(pictureDecoder.parameters(decoder), seed),
  };
  for (const [name, values] of Object.entries(parameters)) {
    if (name.endsWith(".scale")) values.fill(0.05);
  }
  setTransform(parameters);
  const steps = Float32Array.from(
    { length: layers * channels },
    (_, at) => [2, 0.7, 0.25][Math.floor(at / channels)]!,
  );
  const named = { version: 1, architecture: "" };
  return {
    name: "tiny-picture",
    version: 1,
    description: "For tests: a cosine transform with a few layers of scalars",
    licence: "CC0-1.0",
    provenance: { seed, script: "packages/codec/test/tiny-picture.ts" },
    tile: { size: tile / 16, encoderMargin: 4, decoderMargin: 4 },
    encoder: { ...named, architecture: pictureEncoder.name, config: encoder },
    decoder: { ...named, architecture: pictureDecoder.name, config: decoder },
    quantizer: { kind: "residual-scalar", layers, dimension: channels, reach, deadZone: 0.1 },
    context: contextFrom(seed),
    scales: { lowest: 0.06, highest: 60 },
    parameters: { ...parameters, "quantizer.steps": steps },
  };
}

type Basis = (colour: number, y: number, x: number) => number;

const wave = (order: number, at: number, size: number) =>
  Math.sqrt((order === 0 ? 1 : 2) / size) * Math.cos((Math.PI * order * (2 * at + 1)) / (2 * size));
const colours = [
  [1, 1, 1].map((part) => part / Math.sqrt(3)),
  [-1, -1, 2].map((part) => part / Math.sqrt(6)),
  [1, -1, 0].map((part) => part / Math.sqrt(2)),
];
/** Orthonormal functions of a patch: [colour axis, order down, order across]. */
const bases = (orders: number[][], size: number): Basis[] =>
  orders.map(
    ([axis, down, across]) =>
      (colour, y, x) =>
        colours[axis!]![colour]! * wave(down!, y, size) * wave(across!, x, size),
  );
const coarse = bases(
  [
    [0, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
    [0, 1, 1],
    [0, 0, 2],
    [0, 2, 0],
    [1, 0, 0],
    [2, 0, 0],
  ],
  16,
);
const fine = bases(
  [
    [0, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
    [0, 1, 1],
    [1, 0, 0],
    [2, 0, 0],
  ],
  4,
);

function setTransform(parameters: Record<string, Float32Array>): void {
  const set = (name: string, columns: number, value: (row: number, column: number) => number) => {
    const values = parameters[name]!;
    for (let at = 0; at < values.length; at++) values[at] = value(Math.floor(at / columns), at % columns);
  };
  const pixel = (size: number, row: number) =>
    [Math.floor(row / size ** 2), Math.floor(row / size) % size, row % size] as const;
  const identity = (row: number, column: number) => (row === column ? 1 : 0);
  set("encoder.embed.weight", sizes.dim, (row, column) => coarse[column]?.(...pixel(16, row)) ?? 0);
  set("encoder.head.weight", channels, identity);
  set("decoder.embed.weight", sizes.dim, identity);
  for (const name of ["encoder.embed.bias", "decoder.embed.bias"]) parameters[name]!.fill(0);
  set("decoder.mean.weight", 16 * channels, () => 0);
  set("decoder.refine.weight", 16 * fine.length, (row, column) =>
    quarterOf(row, Math.floor(column / fine.length), column % fine.length),
  );
  set("decoder.head.weight", 48, (row, column) => fine[row]!(...pixel(4, column)));
}

/** How much of a fine function lies in a coarse one, at one of the 4 x 4 quarter positions. */
function quarterOf(row: number, quarter: number, column: number): number {
  const basis = coarse[row];
  if (!basis) return 0;
  let sum = 0;
  for (let at = 0; at < 48; at++) {
    const [colour, y, x] = [Math.floor(at / 16), Math.floor(at / 4) % 4, at % 4];
    sum +=
      basis(colour, 4 * Math.floor(quarter / 4) + y, 4 * (quarter % 4) + x) * fine[column]!(colour, y, x);
  }
  return sum;
}

function contextFrom(seed: number): LinearContext {
  const random = seededRandom(seed);
  const weights = (length: number, most: number) =>
    Int8Array.from({ length }, () => Math.round((2 * random() - 1) * most));
  const near = (own: number): Int8Array => {
    const square = weights(channels * channels, 2);
    for (let c = 0; c < channels; c++) square[c * channels + c] = own;
    return square;
  };
  const side = (): ContextSource => ({
    ...{ feature: "side", layer: 0, diagonal: false, shift: 2 },
    weights: weights(16 * channels * sideChannels, 3),
  });
  return {
    ...{ channels, sideChannels, reach, tables, precision },
    layers: Array.from({ length: layers }, (_, layer) => ({
      bias: Int32Array.from({ length: 2 * channels }, () => (5 + layer) * 256),
      sources: [
        side(),
        ...(layer > 0
          ? [
              {
                feature: "codes" as const,
                layer: layer - 1,
                diagonal: true,
                shift: 0,
                weights: weights(channels, 9),
              },
            ]
          : []),
        { feature: "neighbours", layer, diagonal: false, shift: 0, weights: near(20) },
      ],
    })),
  };
}

/** Something like a photograph: sky and ground, discs with edges, texture, a little noise. */
export function scene(width: number, height: number, seed = 1): Picture {
  const random = seededRandom(seed);
  const discs = Array.from({ length: 12 }, () => ({
    ...{ x: random() * width, y: random() * height, radius: 8 + 40 * random() },
    colour: [random(), random(), random()],
  }));
  const planes = [0, 1, 2].map((plane) =>
    Uint8Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [at % width, Math.floor(at / width)];
      let value =
        0.3 + (0.4 * y) / height + 0.1 * Math.sin(0.02 * x + plane) + 0.05 * Math.sin(0.5 * x + 0.3 * y);
      for (const disc of discs) {
        const inside = Math.max(0, Math.min(1, disc.radius - Math.hypot(x - disc.x, y - disc.y)));
        value += (disc.colour[plane]! - value) * inside;
      }
      return Math.max(0, Math.min(255, Math.round(255 * (value + 0.02 * (random() - 0.5)))));
    }),
  );
  return { width, height, colour: "rgb", bitDepth: 8, planes };
}

export async function encodePicture(
  codec: PictureCodec,
  picture: ReadablePicture,
  options: EncodePictureOptions = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of codec.encode(picture, options)) parts.push(part);
  return joinBytes(parts);
}

export async function decodeWhole(
  codec: PictureCodec,
  file: Uint8Array,
  options: DecodePictureOptions & { sizes?: readonly number[] } = {},
): Promise<Picture> {
  return collect(await codec.decode(inPieces(file, options.sizes), options));
}

/** A picture in memory as tiles of a size, smaller at the right and lower border. */
export function inTiles(picture: Picture, wide: number, high: number): PictureStream {
  const { planes, alpha, ...facts } = picture;
  return {
    ...facts,
    hasAlpha: alpha !== undefined,
    tiles: (async function* () {
      for (let y = 0; y < facts.height; y += high) {
        for (let x = 0; x < facts.width; x += wide) {
          const [width, height] = [Math.min(wide, facts.width - x), Math.min(high, facts.height - y)];
          const cut = (plane: PicturePlane) =>
            cropped(plane, facts.width, { row: y, column: x, rows: height, columns: width });
          yield { width, height, planes: planes.map(cut), ...(alpha && { alpha: cut(alpha) }) };
        }
      }
    })(),
  };
}

/** Tiles laid beside each other; they come without gaps, left to right and top to bottom. */
export async function collect({ tiles, hasAlpha, ...stream }: PictureStream): Promise<Picture> {
  const { width, height, colour, bitDepth, iccProfile, exif, xmp, density } = stream;
  const empty = (): PicturePlane => new (bitDepth === 8 ? Uint8Array : Uint16Array)(width * height);
  const planes = Array.from({ length: colour === "grey" ? 1 : 3 }, empty);
  const alpha = hasAlpha ? empty() : undefined;
  let [x, y] = [0, 0];
  for await (const tile of tiles) {
    const lay = (from: PicturePlane, to: PicturePlane) => {
      if (from.length !== tile.width * tile.height) throw new Error("a plane of another size than its tile");
      for (let row = 0; row < tile.height; row++) {
        to.set(from.subarray(row * tile.width, (row + 1) * tile.width), (y + row) * width + x);
      }
    };
    for (const [at, plane] of tile.planes.entries()) lay(plane, planes[at]!);
    if (alpha) lay(tile.alpha!, alpha);
    x += tile.width;
    if (x === width) [x, y] = [0, y + tile.height];
  }
  if (x !== 0 || y !== height) throw new Error("tiles that do not fill the picture");
  return {
    ...{ width, height, colour, bitDepth, planes },
    ...(iccProfile && { iccProfile }),
    ...(exif && { exif }),
    ...(xmp && { xmp }),
    ...(density !== undefined && { density }),
    ...(alpha && { alpha }),
  };
}

/** dB of the mean squared error of some samples, all by default; peak is the bit depth's. */
export function psnr(a: Picture, b: Picture, wanted: (x: number, y: number) => boolean = () => true): number {
  let [sum, count] = [0, 0];
  for (const [plane, samples] of a.planes.entries()) {
    for (const [at, value] of samples.entries()) {
      if (!wanted(at % a.width, Math.floor(at / a.width))) continue;
      sum += (value - b.planes[plane]![at]!) ** 2;
      count++;
    }
  }
  return 10 * Math.log10((2 ** a.bitDepth - 1) ** 2 / (sum / count));
}

/** Whether two pictures are the same to the last bit; comparing element by element takes a second. */
export function samePicture(a: Picture, b: Picture): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: PicturePlane) =>
    Buffer.from(buffer, byteOffset, byteLength);
  const all = (each: Picture) => (each.alpha ? [...each.planes, each.alpha] : each.planes);
  const [first, second] = [all(a), all(b)];
  return (
    first.length === second.length && first.every((plane, at) => bytes(plane).equals(bytes(second[at]!)))
  );
}
