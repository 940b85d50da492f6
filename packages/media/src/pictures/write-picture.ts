import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { assert, naming } from "@nacre/errors";
import type { Picture, PicturePlane, PictureSource, PictureStream, PictureTile } from "@nacre/signal";
import { put, writeWhole } from "../publish.js";
import { densityEdits, type Edit, editedParts, exifEdits } from "./container-edits.js";
import { readAt } from "./picture-bytes.js";
import { pictureFormatOf, type WritableFormat } from "./picture-format.js";
import { type PictureSettings, planWriting, type WritingPlan } from "./picture-target.js";
import { type PixelLayout, pixelHead, pixelTail, temporaryFolder } from "./pixel-file.js";
import { checkTile, composed, emptyPlanes, interleave, planesOf, toEightBits } from "./planes.js";
import { colourSpaces, loadSharp, writingError } from "./sharp-library.js";

/**
 * format     by default what the path ends in
 * overwrite  replace a file that is already there; without it that is NacreError "exists"
 */
export type WritePictureOptions = PictureSettings & { format?: WritableFormat; overwrite?: boolean };

/** warnings: a sentence for each thing about the picture that its format cannot keep. */
export type WrittenPicture = { format: WritableFormat; warnings: string[] };

/**
 * Writes a picture as PNG, JPEG, WebP, AVIF or TIFF, whole or tile by tile.
 *
 * PNG and TIFF keep every sample of 8 and 16 bits. Profile and XMP are written byte for byte, EXIF too,
 * except in AVIF, where the library writes it anew, and TIFF, which has a place of its own for each tag.
 *
 * The bytes go to a temporary name in the same folder, which is renamed when all of them are there.
 *
 * Memory: one row of tiles. The samples wait in a file in the temporary folder until the last is there.
 *
 * throws  NacreError "exists"; "option" for what does not fit the format, also alpha without `background` for
 *         JPEG; "shape" for planes that are not what the picture says; "media" for a picture too large for
 *         the format; "io" when the disk is full or refuses; whatever the source's own tiles throw
 */
export async function writePicture(
  path: string,
  source: PictureSource,
  options: WritePictureOptions = {},
): Promise<WrittenPicture> {
  const { overwrite = false, format = pictureFormatOf(path), ...settings } = options;
  const stream = pictureStreamOf(source);
  const plan = planWriting(stream, format, settings);
  await writeWhole(path, overwrite, async (handle) => {
    for await (const part of encoded(stream, plan, path)) await put(handle, path, part);
  });
  return { format, warnings: plan.warnings };
}

/**
 * The bytes of a picture file piece by piece, to be read once; takes what `writePicture` does and has its bounds of
 * memory. What does not fit the format is thrown at once, all else while the pieces are read.
 */
export function pictureParts(
  source: PictureSource,
  { format, ...settings }: PictureSettings & { format: WritableFormat },
): WrittenPicture & { parts: AsyncGenerator<Uint8Array, void, undefined> } {
  const stream = pictureStreamOf(source);
  const plan = planWriting(stream, format, settings);
  return { format, warnings: plan.warnings, parts: encoded(stream, plan, "the picture") };
}

/** The bytes of a picture file in one piece; takes and throws what `writePicture` does. */
export async function pictureBytes(
  source: PictureSource,
  options: PictureSettings & { format: WritableFormat },
): Promise<WrittenPicture & { bytes: Uint8Array }> {
  const { parts, ...written } = pictureParts(source, options);
  const made: Uint8Array[] = [];
  for await (const part of parts) made.push(part);
  return { ...written, bytes: new Uint8Array(Buffer.concat(made)) };
}

/** Rows of a picture in memory that are written at once. */
const rowsAtOnce = 256;

/** A picture in memory as strips. It may be read more than once. */
export function pictureStreamOf(source: PictureSource): PictureStream {
  if ("tiles" in source) return source;
  const { width, height, alpha } = source;
  checkTile(source, { ...source, hasAlpha: alpha !== undefined });
  return {
    ...source,
    hasAlpha: alpha !== undefined,
    tiles: {
      async *[Symbol.asyncIterator]() {
        for (let row = 0; row < height; row += rowsAtOnce) {
          yield stripOf(source, width, row, Math.min(row + rowsAtOnce, height));
        }
      },
    },
  };
}

function stripOf({ planes, alpha }: Picture, width: number, from: number, to: number): PictureTile {
  const cut = (plane: PicturePlane) => plane.subarray(from * width, to * width);
  return { width, height: to - from, planes: planes.map(cut), ...(alpha && { alpha: cut(alpha) }) };
}

/** Encodes a picture and hands its bytes on, piece by piece. */
async function* encoded(
  stream: PictureStream,
  plan: WritingPlan,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const folder = await temporaryFolder();
  try {
    const pixels = join(folder.path, "pixels.v");
    const target = join(folder.path, `encoded.${plan.format}`);
    await writePixels(pixels, stream, plan);
    await encodeTo(target, pixels, stream.colour, plan, name);
    yield* withEdits(target, plan);
  } finally {
    await folder.remove();
  }
}

async function writePixels(path: string, stream: PictureStream, plan: WritingPlan): Promise<void> {
  const channels = (stream.colour === "rgb" ? 3 : 1) + (plan.hasAlpha ? 1 : 0);
  const layout = { width: stream.width, height: stream.height, channels, bitDepth: plan.bitDepth };
  const { iccProfile, exif, xmp, density = plainDensity } = plan.facts;
  const handle = await naming(path, open(path, "wx"));
  try {
    await put(handle, path, pixelHead(layout, density));
    for await (const rows of bands(stream, plan, layout)) await put(handle, path, rows);
    const blobs = { ...(iccProfile && { iccProfile }), ...(xmp && { xmp }) };
    await put(handle, path, pixelTail(plan.format === "avif" && exif ? { ...blobs, exif } : blobs));
  } finally {
    await handle.close();
  }
}

/** What the library takes for a picture without a density; it is taken out again where it can be. */
const plainDensity = 72;

/** Interleaved rows out of tiles: one piece for each row of tiles. */
async function* bands(
  stream: PictureStream,
  plan: WritingPlan,
  layout: PixelLayout,
): AsyncGenerator<Uint8Array> {
  const { width, height, channels, bitDepth } = layout;
  const promise = "tiles cover their picture from left to right and top to bottom";
  let [x, y, rows] = [0, 0, 0];
  let band = emptyPlanes(1, 0, bitDepth)[0]!;
  for await (const tile of stream.tiles) {
    checkTile(tile, stream);
    if (x === 0) {
      rows = tile.height;
      // Whoever takes a piece is done with it before it asks for the next.
      const samples = width * rows * channels;
      if (band.length !== samples) band = emptyPlanes(1, samples, bitDepth)[0]!;
    }
    assert(tile.height === rows && x + tile.width <= width && y + rows <= height, promise);
    interleave(planesToWrite(tile, plan), tile.width, band, width, x);
    x += tile.width;
    if (x < width) continue;
    yield new Uint8Array(band.buffer, band.byteOffset, band.byteLength);
    [x, y] = [0, y + rows];
  }
  assert(x === 0 && y === height, promise);
}

function planesToWrite(tile: PictureTile, { background, bitDepth }: WritingPlan) {
  const full = tile.planes[0] instanceof Uint8Array ? 255 : 65_535;
  const planes =
    background && tile.alpha ? composed(tile.planes, tile.alpha, background, full) : planesOf(tile);
  return bitDepth === 8 ? planes.map(toEightBits) : planes;
}

async function encodeTo(
  target: string,
  pixels: string,
  colour: "rgb" | "grey",
  plan: WritingPlan,
  name: string,
): Promise<void> {
  const sharp = await loadSharp();
  try {
    const picture = sharp(pixels, { limitInputPixels: false, ignoreIcc: true });
    picture.toColourspace(colourSpaces[colour][plan.bitDepth]).keepIccProfile().keepXmp();
    if (plan.format === "avif" && plan.facts.exif) picture.keepExif();
    await plan.encode(picture).toFile(target);
  } catch (cause) {
    throw writingError(cause, name, plan.format);
  }
}

/** Bytes of an encoded file that are copied at once. */
const pieceBytes = 1 << 20;

async function* withEdits(path: string, plan: WritingPlan): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await naming(path, open(path, "r"));
  try {
    const { size } = await handle.stat();
    const read = (at: number, length: number) => readAt(handle, path, at, length);
    const { exif, density } = plan.facts;
    const edits = [
      ...(await densityEdits({ read, size }, plan.format, density)),
      ...(exif ? await exifEdits({ read, size }, plan.format, exif, plan.hasAlpha) : []),
    ];
    yield* pieces(handle, path, edits, size);
  } finally {
    await handle.close();
  }
}

async function* pieces(
  handle: FileHandle,
  path: string,
  edits: Edit[],
  size: number,
): AsyncGenerator<Uint8Array> {
  for (const part of editedParts(edits, size)) {
    if (part instanceof Uint8Array) yield part;
    else
      for (let at = part.from; at < part.to; at += pieceBytes)
        yield await readAt(handle, path, at, Math.min(pieceBytes, part.to - at));
  }
}
