import { NacreError } from "@nacre/errors";
import type { Picture, PicturePlane, TileCoder, TileKind } from "@nacre/signal";
import type { Sharp } from "sharp";
import { emptyPlanes, interleave, toEightBits } from "./planes.js";
import { colourSpaces, loadSharp } from "./sharp-library.js";

/** Pixels along the longest side of a WebP. */
const longestSide = 16_383;
/** With no more colours than this a tile is drawn rather than photographed. */
const fewColours = 256;
/** Lossless is left out where a rough estimate of its bytes is so many times what it may take. */
const roughly = 4;

/**
 * Codes tiles as WebP, with loss or without, and tiles of 16 bits without loss as PNG. With loss 16 bits become 8.
 *
 * throws  from encode NacreError "media" where the library refuses
 */
export function tileCoder(): TileCoder {
  return {
    async encode(tile, mostBytes, mostError = Number.POSITIVE_INFINITY) {
      if (Math.max(tile.width, tile.height) > longestSide) return [];
      const found: { kind: TileKind; bytes: Uint8Array }[] = [];
      const coded = await webpOf(tile);
      const start = usualQuality((8 * mostBytes) / (tile.width * tile.height));
      const lossy =
        (await lossyMaySuffice(coded, start, mostBytes, mostError)) &&
        (await bestThatFits(coded, start, mostBytes));
      if (lossy) found.push({ kind: "lossy", bytes: lossy });
      if (losslessMayFit(tile, mostBytes)) found.push({ kind: "lossless", bytes: await losslessOf(tile) });
      return found;
    },
    decode: decodeTile,
  };
}

/**
 * WebP with loss.
 *
 * encode     in a quality of 1 .. 100; "fast" takes half the time of "even" and some hundredths more bytes, "sharp" twice
 *            the time for cleaner edges of colours
 * meanError  squared, of what was encoded, in the tile's own samples
 */
type Lossy = {
  encode(quality: number, way: "fast" | "even" | "sharp"): Promise<Uint8Array>;
  meanError(bytes: Uint8Array): Promise<number>;
};

async function webpOf(tile: Picture): Promise<Lossy> {
  const sharp = await loadSharp();
  const [samples, form] = rawOf(tile, tile.planes.map(toEightBits));
  const { channels } = form.raw;
  return {
    encode: (quality, way) =>
      sharp(samples, form)
        .webp({ quality, smartSubsample: way === "sharp", effort: way === "fast" ? 2 : 4 })
        .toBuffer(),
    async meanError(bytes) {
      const decoded = await sharp(bytes).raw().toBuffer();
      // Grey comes back three times.
      const apart = 3 / channels;
      let sum = 0;
      for (let at = 0; at < samples.length; at++) sum += (samples[at]! - decoded[at * apart]!) ** 2;
      return (sum / samples.length) * (tile.bitDepth === 8 ? 1 : 257 ** 2);
    },
  };
}

/** Bytes double about every 25 qualities. */
const qualitiesPerDoubling = 25;
/** How much the squared error falls where bytes double, in doublings: between .7 and 1.7 in photographs. */
const errorPerBytes = 1.2;
/** The part of the error by which the guess may be wrong, and how much more for each doubling away. */
const doubt = { near: 0.2, far: 0.5 };

/** The quality in which about half of photographs take so many bits per pixel. */
function usualQuality(bits: number): number {
  return Math.max(5, Math.min(95, Math.round(55 + qualitiesPerDoubling * Math.log2(bits / 0.28))));
}

/** Guesses from one or two fast codings whether the error can be as small as is asked. */
async function lossyMaySuffice(
  { encode, meanError }: Lossy,
  start: number,
  mostBytes: number,
  mostError: number,
): Promise<boolean> {
  if (mostError === Number.POSITIVE_INFINITY) return true;
  const next = (from: number, bytes: Uint8Array) =>
    Math.max(1, Math.min(100, nearer(from, bytes.length, mostBytes)));
  let quality = start;
  let bytes = await encode(quality, "fast");
  if (Math.abs(Math.log2(mostBytes / bytes.length)) > 0.5) {
    quality = next(quality, bytes);
    bytes = await encode(quality, "fast");
  }
  const doublings = Math.log2(mostBytes / bytes.length);
  const guess = Math.log2(await meanError(bytes)) - errorPerBytes * doublings;
  return guess - doubt.near - doubt.far * Math.abs(doublings) < Math.log2(mostError);
}

function nearer(quality: number, bytes: number, mostBytes: number): number {
  return quality + Math.round(qualitiesPerDoubling * Math.log2(mostBytes / bytes));
}

/** The bytes of the highest quality that fits; undefined where none does. */
async function bestThatFits(
  { encode }: Lossy,
  start: number,
  mostBytes: number,
): Promise<Uint8Array | undefined> {
  // Qualities 0 and 101 are none: below is known to fit, above not to.
  let [below, above] = [0, 101];
  let best: Uint8Array | undefined;
  for (let quality = start; above - below > 1; ) {
    const bytes = await encode(quality, "even");
    if (bytes.length <= mostBytes) [below, best] = [quality, bytes];
    else above = quality;
    quality = Math.max(below + 1, Math.min(above - 1, nearer(quality, bytes.length, mostBytes)));
  }
  if (!best) return undefined;
  const sharper = await encode(below, "sharp");
  return sharper.length <= mostBytes ? sharper : best;
}

async function losslessOf(tile: Picture): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const picture = sharp(...rawOf(tile, tile.planes));
  if (tile.bitDepth === 8) return picture.webp({ lossless: true, effort: 6 }).toBuffer();
  return picture.toColourspace(colourSpaces[tile.colour][16]).png({ compressionLevel: 9 }).toBuffer();
}

function rawOf({ width, height }: Picture, planes: PicturePlane[]) {
  const channels = planes.length === 1 ? 1 : 3;
  const type = planes[0] instanceof Uint8Array ? Uint8Array : Uint16Array;
  const samples = new type(width * height * channels);
  interleave(planes, width, samples, width, 0);
  return [samples, { raw: { width, height, channels }, limitInputPixels: false }] as const;
}

/** Whether a tile has few colours, or differences from pixel to pixel that take few bits. */
function losslessMayFit({ planes, width }: Picture, mostBytes: number): boolean {
  const length = planes[0]!.length;
  const colours = new Set<number>();
  for (let at = 0; at < length && colours.size <= fewColours; at++) {
    let colour = 0;
    for (const plane of planes) colour = colour * 65_536 + plane[at]!;
    colours.add(colour);
  }
  if (colours.size <= fewColours) return true;
  return (entropyOfSteps(planes[planes.length >> 1]!, width) * length) / 8 < roughly * mostBytes;
}

/** Bits a sample of what is left over after predicting each sample by the one to its left; of 16 bits the upper 8. */
function entropyOfSteps(plane: PicturePlane, width: number): number {
  const shift = plane instanceof Uint8Array ? 0 : 8;
  const counts = new Uint32Array(256);
  for (let at = 0, left = 0; at < plane.length; at++) {
    const value = plane[at]! >> shift;
    counts[(value - (at % width === 0 ? 0 : left)) & 255]! += 1;
    left = value;
  }
  return counts.reduce(
    (bits, count) => bits + (count > 0 ? (count / plane.length) * Math.log2(plane.length / count) : 0),
    0,
  );
}

async function decodeTile(
  kind: TileKind,
  bytes: Uint8Array,
  width: number,
  height: number,
): Promise<Picture> {
  const sharp = await loadSharp();
  const open = () => sharp(bytes, { limitInputPixels: width * height, failOn: "warning", ignoreIcc: true });
  try {
    const head = await sharp(bytes, { limitInputPixels: false }).metadata();
    const isOwn = head.format === "webp" || (head.format === "png" && kind === "lossless");
    const isStill = (head.pages ?? 1) === 1 && head.width === width && head.height === height;
    if (!isOwn || !isStill) throw damaged(`${head.format} of ${head.width} x ${head.height}`, width, height);
    const space = colourSpaces[head.channels < 3 ? "grey" : "rgb"];
    const bitDepth = head.depth === "ushort" ? 16 : 8;
    return await planesOfDecoded(open().toColourspace(space[bitDepth]), width, height, bitDepth);
  } catch (cause) {
    if (cause instanceof NacreError) throw cause;
    throw damaged("bytes that do not decode", width, height, cause);
  }
}

async function planesOfDecoded(
  picture: Sharp,
  width: number,
  height: number,
  bitDepth: 8 | 16,
): Promise<Picture> {
  const depth = bitDepth === 8 ? "uchar" : "ushort";
  const { data, info } = await picture.removeAlpha().raw({ depth }).toBuffer({ resolveWithObject: true });
  const colour = info.channels === 1 ? "grey" : "rgb";
  const samples = bitDepth === 8 ? data : new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const planes = emptyPlanes(info.channels, width * height, bitDepth);
  for (const [channel, plane] of planes.entries()) {
    for (let at = 0, from = channel; at < plane.length; at++, from += planes.length)
      plane[at] = samples[from]!;
  }
  return { width, height, colour, bitDepth, planes };
}

function damaged(found: string, width: number, height: number, cause?: unknown): NacreError {
  return new NacreError(
    "bitstream",
    {
      found: `a stored tile that is damaged: ${found}`,
      expected: `a still WebP, or PNG without loss, of ${width} x ${height}`,
      mend: "get the file again, or decode with recover",
    },
    { cause },
  );
}
