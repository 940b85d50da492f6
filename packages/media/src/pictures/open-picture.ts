import { assert } from "@nacre/errors";
import type { Picture, PictureFacts, PicturePlane, TiledPicture } from "@nacre/signal";
import { type DecodedPicture, decodePicture } from "./decode-picture.js";
import { isTurned, type Rectangle, storedPlace } from "./orientation.js";
import type { PictureInput } from "./picture-bytes.js";
import type { PictureFormat } from "./picture-format.js";
import { emptyPlanes, fillPlanes, tileOf } from "./planes.js";

/** Pixels that are read unless `maxPixels` says otherwise. */
export const defaultMaxPixels = 40_000_000;

/** maxPixels: more are refused before any is decoded; 40 million by default. */
export type ReadPictureOptions = { maxPixels?: number };

/**
 * A picture file being read.
 *
 * facts           of the upright picture
 * sourceBitDepth  bits per sample in the file (1 to 16); samples are scaled to the 8 or 16 of `bitDepth`
 * warnings        a sentence for each thing that is wrong with the file or could not be kept
 * close           lets the decoded samples go; more than one call does no harm
 */
export type OpenedPicture = TiledPicture & {
  format: PictureFormat;
  sourceBitDepth: number;
  warnings: string[];
  close(): Promise<void>;
};

/**
 * Opens a PNG, JPEG, WebP, AVIF, TIFF or GIF picture, told by its content, to be read tile by tile. It is
 * decoded once, into a file in the temporary folder, which goes when the picture is closed.
 *
 * The samples are those of the file, in its own profile: nothing is converted but CMYK and Lab, nothing is
 * multiplied by alpha, grey stays grey, palettes and 1, 2, 4 bits become 8, and 10 and 12 become 16. The
 * orientation that EXIF asks for is applied.
 *
 * Memory: each `readTile` holds the rows that the tile covers (its columns, where the picture lies on its
 * side), interleaved, and the tile. Decoding a JPEG, PNG or TIFF takes some rows; a progressive JPEG, an
 * interlaced PNG, a WebP, AVIF or GIF is held whole by its decoder until it is decoded.
 *
 * source  path, the bytes of a file, or bytes as they arrive from a pipe
 * throws  NacreError "io" when nothing can be read; "media" when it is no picture, is damaged or cut short, is
 *         an animation or has several pages, has no pixels or more than `maxPixels`; "option" when
 *         `maxPixels` is not above 0
 */
export async function openPicture(
  source: PictureInput,
  { maxPixels = defaultMaxPixels }: ReadPictureOptions = {},
): Promise<OpenedPicture> {
  return opened(await decodePicture(source, maxPixels));
}

/**
 * Reads a whole picture into memory; takes and throws what `openPicture` does. Warnings are dropped: open
 * the file to see them.
 */
export async function readPicture(
  source: PictureInput,
  { maxPixels = defaultMaxPixels }: ReadPictureOptions = {},
): Promise<Picture> {
  const decoded = await decodePicture(source, maxPixels);
  try {
    return await whole(decoded);
  } finally {
    await decoded.rows.close();
  }
}

function opened(decoded: DecodedPicture): OpenedPicture {
  const { head, rows } = decoded;
  const { facts, hasAlpha, format, sourceBitDepth, warnings } = head;
  let closing: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const readTile = async (part: Rectangle) => {
    const { width, height } = part;
    assert(isInside(part, facts), "a tile lies within its picture");
    const planes = emptyPlanes(rows.layout.channels, width * height, facts.bitDepth);
    await read(decoded, part, planes, width, { x: 0, y: 0 });
    return tileOf(width, height, planes, hasAlpha);
  };
  return {
    ...facts,
    ...{ hasAlpha, format, sourceBitDepth, warnings },
    async readTile(x, y, width, height) {
      assert(closing === undefined, "a closed picture gives no tiles");
      // One after another, since they share the room for stored rows.
      const tile = last.then(() => readTile({ x, y, width, height }));
      last = tile.catch(() => undefined);
      return tile;
    },
    close() {
      closing ??= last.then(() => rows.close());
      return closing;
    },
  };
}

/** Stored rows that are taken apart at once when a whole picture is read. */
const rowsAtOnce = 256;

async function whole(decoded: DecodedPicture): Promise<Picture> {
  const { facts, hasAlpha, orientation } = decoded.head;
  const { width, height } = facts;
  const planes = emptyPlanes(decoded.rows.layout.channels, width * height, facts.bitDepth);
  // Along the stored rows, which are columns where the picture lies on its side.
  const turned = isTurned(orientation);
  for (let at = 0; at < (turned ? width : height); at += rowsAtOnce) {
    const part = turned
      ? { x: at, y: 0, width: Math.min(rowsAtOnce, width - at), height }
      : { x: 0, y: at, width, height: Math.min(rowsAtOnce, height - at) };
    await read(decoded, part, planes, width, part);
  }
  const { planes: colours, alpha } = tileOf(width, height, planes, hasAlpha);
  return { ...facts, planes: colours, ...(alpha && { alpha }) };
}

/** Reads an upright rectangle into planes that are `stride` samples wide, with its top left at `to`. */
async function read(
  { head: { orientation }, rows }: DecodedPicture,
  part: Rectangle,
  planes: PicturePlane[],
  stride: number,
  to: { x: number; y: number },
): Promise<void> {
  const place = storedPlace(part, orientation, rows.layout.width, rows.layout.height);
  const samples = await rows.read(place.first, place.end);
  fillPlanes(planes, stride, { ...part, ...to }, samples, place);
}

function isInside({ x, y, width, height }: Rectangle, facts: PictureFacts): boolean {
  return (
    [x, y, width, height].every(Number.isInteger) &&
    Math.min(x, y) >= 0 &&
    Math.min(width, height) >= 1 &&
    x + width <= facts.width &&
    y + height <= facts.height
  );
}
