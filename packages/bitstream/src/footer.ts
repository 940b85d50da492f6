import { MOST_CHUNKS } from "./chunk.js";
import { crc32c } from "./crc.js";
import { cursorAt, readByte, readUint32, readVarint, writeUint32, writeVarint } from "./cursor.js";

/**
 * What stands at the end of a stream.
 *
 * length   samples per channel, exact
 * chunks   how many chunks there are
 * sizes    [chunks] bytes of each, or empty in a stream of fewer than INDEXED_FROM chunks, which is quickly walked
 */
export type Footer = { length: number; chunks: number; sizes: number[] };

export const FOOTER_MARKER = 0x46;
/** Streams of this many chunks and more carry an index. */
export const INDEXED_FROM = 16;
/** Footer size (3 bytes) and check (4 bytes) end every stream. */
export const TAIL_BYTES = 7;

/** A footer as bytes; its check contains the header's. `sizes` has the bytes of every chunk. */
export function writeFooter(length: number, sizes: readonly number[], headerCrc: number): Uint8Array {
  const bytes = [FOOTER_MARKER];
  writeVarint(bytes, length);
  writeVarint(bytes, sizes.length);
  if (sizes.length >= INDEXED_FROM) for (const size of sizes) writeVarint(bytes, size);
  const size = bytes.length + TAIL_BYTES;
  bytes.push(size & 0xff, (size >>> 8) & 0xff, size >>> 16);
  writeUint32(bytes, (crc32c(Uint8Array.from(bytes)) ^ headerCrc) >>> 0);
  return Uint8Array.from(bytes);
}

/**
 * Reads a footer at an offset.
 *
 * returns   the footer and where it ends, "short" when the bytes end inside it, "bad" when it is none or damaged
 */
export function parseFooter(
  bytes: Uint8Array,
  at: number,
  headerCrc: number,
): { footer: Footer; end: number } | "short" | "bad" {
  const cursor = cursorAt(bytes, at);
  if (readByte(cursor) !== FOOTER_MARKER) return cursor.short ? "short" : "bad";
  const length = readVarint(cursor);
  const chunks = readVarint(cursor);
  if (cursor.bad || chunks > MOST_CHUNKS) return "bad";
  const sizes: number[] = [];
  for (let chunk = 0; chunks >= INDEXED_FROM && chunk < chunks && !cursor.short; chunk++)
    sizes.push(readVarint(cursor));
  const size = readByte(cursor) + readByte(cursor) * 2 ** 8 + readByte(cursor) * 2 ** 16;
  const checked = cursor.at;
  const stored = readUint32(cursor);
  if (cursor.bad) return "bad";
  if (cursor.short) return "short";
  if (size !== cursor.at - at || (stored ^ headerCrc) >>> 0 !== crc32c(bytes.subarray(at, checked)))
    return "bad";
  return { footer: { length, chunks, sizes }, end: cursor.at };
}

/** Where the last bytes say that the footer begins; undefined when that cannot be. */
export function footerOffset(bytes: Uint8Array): number | undefined {
  const tail = bytes.length - TAIL_BYTES;
  if (tail < 0) return undefined;
  const offset = bytes.length - (bytes[tail]! + bytes[tail + 1]! * 2 ** 8 + bytes[tail + 2]! * 2 ** 16);
  return offset >= 0 && bytes[offset] === FOOTER_MARKER ? offset : undefined;
}
