import { cursorAt, readByte } from "./cursor.js";
import { FOOTER_MARKER, type IndexEntry, parseFooter, TAIL_BYTES, type VideoEnds } from "./footer.js";
import { type ParsedHeader, parseHeader } from "./header.js";
import type { VideoHeader } from "./video-header.js";

/** A file that can be read anywhere: `read` gives `length` bytes from an offset, fewer only at the end. */
export type SeekableBytes = { size: number; read(at: number, length: number): Promise<Uint8Array> };

/**
 * Where the chunks of a video lie.
 *
 * start    the header's bytes
 * length   frames
 * chunks   each with the offset of its first byte, and the number of its first frame (of the sound's own frames for sound)
 */
export type VideoIndex = VideoEnds & {
  header: VideoHeader;
  start: Uint8Array;
  length: number;
  chunks: (Required<Pick<IndexEntry, "size" | "kind" | "frames">> & {
    time?: number;
    at: number;
    number: number;
  })[];
};

const firstLook = 4096;
const mostFooter = 2 ** 24;

/**
 * The index of a video's file, read from its beginning and its end alone.
 *
 * returns  undefined where there is none to be used: another medium, a short file, a damaged or a cut one. Reading from the
 *          front then tells what is wrong
 * throws   NacreError "bitstream" or "version" when there is no header to read
 */
export async function readVideoIndex(file: SeekableBytes): Promise<VideoIndex | undefined> {
  const parsed = await headerOf(file);
  if (parsed?.header.media !== "video") return undefined;
  const { header, size } = parsed;
  const footer = await footerOf(file, parsed);
  if (!footer || footer.index.length === 0) return undefined;
  const { length, endTime, soundLength, index } = footer;
  let at = size;
  const next = { frame: 0, sound: 0 };
  const chunks: VideoIndex["chunks"] = [];
  for (const { size: bytes, kind = "intra", frames = 1, time } of index) {
    const of = kind === "sound" ? "sound" : "frame";
    chunks.push({
      ...{ size: bytes, kind, frames, at, number: next[of] },
      ...(time !== undefined && { time }),
    });
    at += bytes;
    next[of] += frames;
  }
  const start = await file.read(0, size);
  return {
    ...{ header, start, length, chunks },
    ...(endTime !== undefined && { endTime }),
    ...(soundLength !== undefined && { soundLength }),
  };
}

async function headerOf(file: SeekableBytes): Promise<ParsedHeader | undefined> {
  for (let look = firstLook; ; look *= 2) {
    const parsed = parseHeader(await file.read(0, look));
    if (parsed || look >= file.size) return parsed;
  }
}

async function footerOf(file: SeekableBytes, parsed: ParsedHeader) {
  if (file.size < parsed.size + TAIL_BYTES) return undefined;
  const tail = cursorAt(await file.read(file.size - TAIL_BYTES, 3), 0);
  const length = readByte(tail) + readByte(tail) * 2 ** 8 + readByte(tail) * 2 ** 16;
  if (length > Math.min(mostFooter, file.size - parsed.size)) return undefined;
  const bytes = await file.read(file.size - length, length);
  if (bytes[0] !== FOOTER_MARKER) return undefined;
  const found = parseFooter(bytes, 0, parsed);
  return typeof found === "string" ? undefined : found.footer;
}
