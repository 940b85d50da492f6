import type { Attachment } from "./attachments.js";
import { type Cursor, readByte, readVarint, refuse, writeVarint } from "./cursor.js";
import type { LayerInfo } from "./layer-runs.js";

/**
 * What stands at the beginning of a picture. Its chunks are tiles, row by row from the top left, one tile in a
 * chunk; those at the right and lower border have what is left of the picture.
 *
 * version, model, decodeHash, layers   as in every header; strides are in positions of the model's latent
 * width, height   pixels, 1 .. 2^24
 * bitDepth        of the samples given and given back
 * alpha           whether the first layer, a side layer, is coverage: lossless, the container knows no more of it
 * tile            pixels along a side of a tile, 1 .. 65536; 2^20 tiles at most
 * attachments     what belongs to the picture beside its samples
 */
export type PictureHeader = {
  version: number;
  media: "image";
  model: string;
  decodeHash: Uint8Array;
  width: number;
  height: number;
  bitDepth: 8 | 16;
  colour: "rgb" | "grey";
  alpha: boolean;
  tile: number;
  layers: LayerInfo[];
  attachments: Attachment[];
};

const DEEP = 1;
const GREY = 2;
const ALPHA = 4;
const MOST_PIXELS_ALONG = 2 ** 24;
const MOST_TILE = 2 ** 16;
const MOST_TILES = 2 ** 20;

/** More attachments than this are refused. */
export const MOST_ATTACHMENTS = 16;

/** Tiles of a picture. */
export function tileCount({ width, height, tile }: Pick<PictureHeader, "width" | "height" | "tile">): number {
  return Math.ceil(width / tile) * Math.ceil(height / tile);
}

/** Appends what a picture's header has of its own. */
export function writePictureFields(bytes: number[], header: PictureHeader): void {
  writeVarint(bytes, header.width);
  writeVarint(bytes, header.height);
  const depth = header.bitDepth === 16 ? DEEP : 0;
  bytes.push(depth | (header.colour === "grey" ? GREY : 0) | (header.alpha ? ALPHA : 0));
  writeVarint(bytes, header.tile);
  writeVarint(bytes, header.attachments.length);
}

/** Reads it; the attachments themselves stand behind the header. */
export function readPictureFields(cursor: Cursor): {
  fields: Pick<PictureHeader, "width" | "height" | "bitDepth" | "colour" | "alpha" | "tile" | "attachments">;
  attachments: number;
} {
  const [width, height] = [readVarint(cursor), readVarint(cursor)];
  const form = readByte(cursor);
  if (form > (DEEP | GREY | ALPHA)) refuse(cursor);
  const tile = readVarint(cursor);
  const attachments = readVarint(cursor);
  if (attachments > MOST_ATTACHMENTS) refuse(cursor);
  const bitDepth = form & DEEP ? 16 : 8;
  const colour = form & GREY ? "grey" : "rgb";
  const alpha = (form & ALPHA) !== 0;
  return { fields: { width, height, bitDepth, colour, alpha, tile, attachments: [] }, attachments };
}

/** The first thing wrong with a picture's own fields, in words. */
export function pictureFault(header: PictureHeader): string | undefined {
  const ranges: [string, number, number][] = [
    ["width", header.width, MOST_PIXELS_ALONG],
    ["height", header.height, MOST_PIXELS_ALONG],
    ["tile size", header.tile, MOST_TILE],
  ];
  const wrong = ranges.find(([, value, most]) => !Number.isInteger(value) || value < 1 || value > most);
  if (wrong) return `${wrong[0]} ${wrong[1]}, expected 1 to ${wrong[2]}`;
  const tiles = tileCount(header);
  if (tiles > MOST_TILES) return `${tiles} tiles, expected at most ${MOST_TILES}`;
  if (header.alpha && header.layers[0]!.role !== "side") return "alpha without a side layer first";
  const { length } = header.attachments;
  if (length > MOST_ATTACHMENTS) return `${length} attachments, expected at most ${MOST_ATTACHMENTS}`;
  return undefined;
}
