import { MOST_CHUNKS } from "./chunk.js";
import { type ChunkMark, chunkKinds } from "./chunk-mark.js";
import { crc32c } from "./crc.js";
import {
  type Cursor,
  cursorAt,
  readByte,
  readUint32,
  readVarint,
  writeUint32,
  writeVarint,
} from "./cursor.js";
import type { StreamHeader } from "./header.js";

/**
 * What the index says of a chunk.
 *
 * size     bytes
 * kind     of a video's chunk
 * frames   of a video's chunk: how many it has
 * time     of a video with a clock: ticks of the chunk's first frame; absent for sound
 */
export type IndexEntry = { size: number; kind?: ChunkMark["kind"]; frames?: number; time?: number };

/**
 * What stands at the end of a stream.
 *
 * length   samples per channel, tiles or frames, exact
 * chunks   how many chunks there are
 * index    [chunks], or empty in a stream of fewer than INDEXED_FROM chunks, which is quickly walked
 */
export type Footer = VideoEnds & { length: number; chunks: number; index: IndexEntry[] };

/**
 * Where a video ends, beside its number of frames.
 *
 * endTime      with a clock: ticks at which the last frame ends
 * soundLength  with a soundtrack: samples per channel, exact
 */
export type VideoEnds = { endTime?: number; soundLength?: number };

export const FOOTER_MARKER = 0x46;
/** Streams of this many chunks and more carry an index. */
export const INDEXED_FROM = 16;
/** Footer size (3 bytes) and check (4 bytes) end every stream. */
export const TAIL_BYTES = 7;

/** What the index says of a chunk of this size. */
export function indexEntry(size: number, frames: number, mark: ChunkMark | undefined): IndexEntry {
  if (!mark) return { size };
  const time = mark.kind === "sound" ? undefined : mark.times?.[0];
  return { size, kind: mark.kind, frames, ...(time !== undefined && { time }) };
}

/** A footer as bytes; its check contains the header's. `index` has an entry for every chunk. */
export function writeFooter(
  { length, endTime, soundLength, index }: Omit<Footer, "chunks">,
  header: StreamHeader,
  headerCrc: number,
): Uint8Array {
  const bytes = [FOOTER_MARKER];
  writeVarint(bytes, length);
  writeVarint(bytes, index.length);
  if (hasClock(header)) writeVarint(bytes, endTime ?? 0);
  if (hasSound(header)) writeVarint(bytes, soundLength ?? 0);
  if (index.length >= INDEXED_FROM) writeIndex(bytes, index);
  const size = bytes.length + TAIL_BYTES;
  bytes.push(size & 0xff, (size >>> 8) & 0xff, size >>> 16);
  writeUint32(bytes, (crc32c(Uint8Array.from(bytes)) ^ headerCrc) >>> 0);
  return Uint8Array.from(bytes);
}

function writeIndex(bytes: number[], index: readonly IndexEntry[]): void {
  let before = 0;
  for (const { size, kind, frames = 0, time } of index) {
    writeVarint(bytes, size);
    if (kind === undefined) continue;
    writeVarint(bytes, 4 * frames + chunkKinds.indexOf(kind));
    if (time === undefined) continue;
    writeVarint(bytes, time - before);
    before = time;
  }
}

/**
 * Reads a footer at an offset.
 *
 * returns   the footer and where it ends, "short" when the bytes end inside it, "bad" when it is none or damaged
 */
export function parseFooter(
  bytes: Uint8Array,
  at: number,
  { header, crc }: { header: StreamHeader; crc: number },
): { footer: Footer; end: number } | "short" | "bad" {
  const cursor = cursorAt(bytes, at);
  if (readByte(cursor) !== FOOTER_MARKER) return cursor.short ? "short" : "bad";
  const length = readVarint(cursor);
  const chunks = readVarint(cursor);
  const ends: VideoEnds = {
    ...(hasClock(header) && { endTime: readVarint(cursor) }),
    ...(hasSound(header) && { soundLength: readVarint(cursor) }),
  };
  if (cursor.bad || chunks > MOST_CHUNKS) return "bad";
  const index = chunks >= INDEXED_FROM ? readIndex(cursor, chunks, header) : [];
  const size = readByte(cursor) + readByte(cursor) * 2 ** 8 + readByte(cursor) * 2 ** 16;
  const checked = cursor.at;
  const stored = readUint32(cursor);
  if (cursor.bad) return "bad";
  if (cursor.short) return "short";
  if (size !== cursor.at - at || (stored ^ crc) >>> 0 !== crc32c(bytes.subarray(at, checked))) return "bad";
  return { footer: { length, ...ends, chunks, index }, end: cursor.at };
}

function readIndex(cursor: Cursor, chunks: number, header: StreamHeader): IndexEntry[] {
  const index: IndexEntry[] = [];
  let time = 0;
  for (let chunk = 0; chunk < chunks && !cursor.short; chunk++) {
    const size = readVarint(cursor);
    if (header.media !== "video") {
      index.push({ size });
      continue;
    }
    const word = readVarint(cursor);
    const kind = chunkKinds[word % 4]!;
    const timed = hasClock(header) && kind !== "sound";
    if (timed) time += readVarint(cursor);
    index.push({ size, kind, frames: Math.floor(word / 4), ...(timed && { time }) });
  }
  return index;
}

function hasClock(header: StreamHeader): boolean {
  return header.media === "video" && header.clock !== undefined;
}

function hasSound(header: StreamHeader): boolean {
  return header.media === "video" && header.sound !== undefined;
}

/** Where the last bytes say that the footer begins; undefined when that cannot be. */
export function footerOffset(bytes: Uint8Array): number | undefined {
  const tail = bytes.length - TAIL_BYTES;
  if (tail < 0) return undefined;
  const offset = bytes.length - (bytes[tail]! + bytes[tail + 1]! * 2 ** 8 + bytes[tail + 2]! * 2 ** 16);
  return offset >= 0 && bytes[offset] === FOOTER_MARKER ? offset : undefined;
}
