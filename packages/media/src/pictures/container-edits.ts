import { crc32 } from "node:zlib";
import type { WritableFormat } from "./picture-format.js";
import { exifForTiff } from "./tiff-exif.js";
import { numberAt, type ReadAt } from "./tiff-tags.js";

/** At `at`, `remove` bytes of a file give way to `insert`. */
export type Edit = { at: number; remove: number; insert: Uint8Array };

/** A finished picture file to be edited: its bytes at any place, and their number. */
type Encoded = { read: ReadAt; size: number };

/**
 * What is written into a picture file after the library is done with it: EXIF byte for byte, where the library
 * would write it anew and add tags or leave it out.
 */
export async function exifEdits(
  encoded: Encoded,
  format: WritableFormat,
  exif: Uint8Array,
  hasAlpha: boolean,
): Promise<Edit[]> {
  if (format === "png") return [insertion(endOfHeader, pngChunk("eXIf", exif))];
  if (format === "jpeg") return [insertion(await endOfJfif(encoded), jpegExif(exif))];
  if (format === "webp") return webpEdits(encoded, exif, hasAlpha);
  return format === "tiff" ? tiffEdits(encoded, exif) : [];
}

/**
 * The density of a picture, in pixels per inch, where the library would write one that nobody gave, or none:
 * JFIF in a JPEG, pHYs in a PNG.
 */
export async function densityEdits(
  encoded: Encoded,
  format: WritableFormat,
  density: number | undefined,
): Promise<Edit[]> {
  if (format === "jpeg") return [{ at: 2, remove: (await endOfJfif(encoded)) - 2, insert: jfif(density) }];
  if (format !== "png" || density !== undefined) return [];
  const { read, size } = encoded;
  for (let at = 8; at < size; ) {
    const head = Buffer.from(await read(at, 8));
    const length = head.readUInt32BE(0) + 12;
    const name = head.toString("latin1", 4);
    if (name === "pHYs") return [{ at, remove: length, insert: new Uint8Array(0) }];
    if (name === "IDAT") return [];
    at += length;
  }
  return [];
}

/** JFIF 1.02: units 1 are inches; units 0 and 1 x 1 say that pixels are square and nothing more. */
function jfif(density: number | undefined): Uint8Array {
  const segment = Buffer.from([0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 0, 0, 1, 0, 1, 0, 0]);
  if (density === undefined || density > 0xffff) return segment;
  segment[11] = 1;
  segment.writeUInt16BE(Math.max(1, Math.round(density)), 12);
  segment.writeUInt16BE(Math.max(1, Math.round(density)), 14);
  return segment;
}

/** The most bytes of EXIF and of XMP that one JPEG segment holds beside its mark. */
export const jpegRoom = { exif: 65_533 - 6, xmp: 65_533 - 29 };

/** The parts of an edited file in order: places in the original, and inserted bytes. */
export function editedParts(edits: Edit[], size: number): ({ from: number; to: number } | Uint8Array)[] {
  const parts: ({ from: number; to: number } | Uint8Array)[] = [];
  let at = 0;
  for (const edit of [...edits].sort((one, other) => one.at - other.at)) {
    parts.push({ from: at, to: edit.at }, edit.insert);
    // An insertion may stand where bytes were just removed.
    at = Math.max(at, edit.at + edit.remove);
  }
  return [...parts, { from: at, to: size }];
}

/** PNG: signature and IHDR. */
const endOfHeader = 33;

function insertion(at: number, insert: Uint8Array): Edit {
  return { at, remove: 0, insert };
}

function pngChunk(name: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(name, 4, "latin1");
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), data.length + 8);
  return chunk;
}

async function endOfJfif({ read }: Encoded): Promise<number> {
  const isJfif = Buffer.from(await read(6, 4)).toString("latin1") === "JFIF";
  return isJfif ? 4 + numberAt(await read(4, 2), 0, 2, false) : 2;
}

function jpegExif(exif: Uint8Array): Uint8Array {
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(2 + 6 + exif.length, 2);
  return Buffer.concat([head, Buffer.from("Exif\0\0", "latin1"), exif]);
}

/** Flags of a WebP VP8X chunk; source: WebP container specification, "Extended File Format". */
const webpFlags = { exif: 0x08, alpha: 0x10 };

async function webpEdits({ read, size }: Encoded, exif: Uint8Array, hasAlpha: boolean): Promise<Edit[]> {
  const chunk = riffChunk("EXIF", exif);
  const extended = Buffer.from(await read(12, 18));
  const isExtended = extended.toString("latin1", 0, 4) === "VP8X";
  const head = isExtended
    ? { at: 20, remove: 1, insert: Uint8Array.of(extended[8]! | webpFlags.exif) }
    : insertion(12, riffChunk("VP8X", await webpHead(read, hasAlpha)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(size - 8 + chunk.length + (isExtended ? 0 : head.insert.length));
  return [{ at: 4, remove: 4, insert: length }, head, insertion(await endOfWebpImage(read, size), chunk)];
}

function riffChunk(name: string, data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.write(name, 0, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, new Uint8Array(data.length % 2)]);
}

/** EXIF stands before XMP. */
async function endOfWebpImage(read: ReadAt, size: number): Promise<number> {
  for (let at = 12; at + 8 <= size; ) {
    const head = Buffer.from(await read(at, 8));
    if (head.toString("latin1", 0, 4) === "XMP ") return at;
    const length = head.readUInt32LE(4);
    at += 8 + length + (length % 2);
  }
  return size;
}

/** The data of a VP8X chunk for a file that has none: flags, and width and height out of the VP8 or VP8L head. */
async function webpHead(read: ReadAt, hasAlpha: boolean): Promise<Uint8Array> {
  const start = Buffer.from(await read(12, 18));
  const lossless = start.toString("latin1", 0, 4) === "VP8L";
  const bits = start.readUInt32LE(9);
  const width = lossless ? (bits & 0x3fff) + 1 : start.readUInt16LE(14) & 0x3fff;
  const height = lossless ? ((bits >>> 14) & 0x3fff) + 1 : start.readUInt16LE(16) & 0x3fff;
  const data = Buffer.alloc(10);
  data[0] = webpFlags.exif | (hasAlpha ? webpFlags.alpha : 0);
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return data;
}

async function tiffEdits({ read, size }: Encoded, exif: Uint8Array): Promise<Edit[]> {
  const made = await exifForTiff(read, size, exif);
  if (!made) return [];
  const pointer = new Uint8Array(4);
  new DataView(pointer.buffer).setUint32(0, made.first, made.little);
  return [{ at: 4, remove: 4, insert: pointer }, insertion(size, made.bytes)];
}
