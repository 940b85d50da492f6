import { NacreError } from "@nacre/errors";
import { crc8, crc32c } from "./crc.js";
import { cursorAt, join, readByte, readVarint, writeUint32, writeVarint } from "./cursor.js";
import { chunkLayout, type StreamHeader } from "./header.js";

/**
 * The codes of some seconds, or of one tile of a picture, coded.
 *
 * frames     1 .. framesPerChunk; only the last chunk of a stream has fewer. A tile counts as one
 * sections   [layer][channel] bytes, each opaque to the container; may be empty.
 *            A recovering reader gives fewer layers, or none, where a chunk was damaged.
 * stored     of a picture's tile that is stored otherwise than in layers: by what coding, one of `storedKinds` or
 *            another number up to 255. Its sections are [alpha, where there is one][1] and [the tile][1].
 */
export type Chunk = { frames: number; sections: Uint8Array[][]; stored?: number };

/** Codings of tiles that are stored otherwise than in layers: with loss, and without. */
export const storedKinds = { lossy: 1, lossless: 2 } as const;

/** A chunk's head as parsed; offsets are absolute in the parsed bytes. */
export type ChunkHead = {
  frames: number;
  /** as in Chunk; undefined for layers */
  stored: number | undefined;
  /** [layer][channel] bytes */
  lengths: number[][];
  /** [layer] */
  checks: number[];
  /** where the sections begin and end; the chunk's CRC32C follows */
  start: number;
  end: number;
};

const CHUNK_MARKER = 0x43;
const STORED_MARKER = 0x53;
const MOST_STORED = 255;
export const CHECK_BYTES = 4;
/** More sections in one chunk than this are refused: 64 MiB, some hours of sound. */
export const MOST_CHUNK_BYTES = 2 ** 26;
/** More chunks in one stream than this are refused. */
export const MOST_CHUNKS = 2 ** 20;

// Odd, so multiplication by it modulo 2^32 can be undone: a chunk's check then tells the chunk's number.
const STEP = 0x9e3779b1;
const UNSTEP = 0x0e8b2f51;

/**
 * A chunk as bytes.
 *
 * number      0-based place in the stream, bound into the check: a chunk that moved is seen
 * headerCrc   the header's check, bound in as well: a chunk of another stream is seen
 * throws      NacreError "shape" when sections do not fit the header
 */
export function writeChunk(
  chunk: Chunk,
  header: StreamHeader,
  headerCrc: number,
  number: number,
): Uint8Array {
  checkChunk(chunk, header, number);
  const { stored } = chunk;
  const head = stored === undefined ? [CHUNK_MARKER] : [STORED_MARKER, stored];
  if (stored === undefined) writeVarint(head, chunk.frames);
  for (const layer of chunk.sections) for (const section of layer) writeVarint(head, section.length);
  for (const layer of chunk.sections) head.push(crc8(...layer));
  head.push(crc8(Uint8Array.from(head)));
  const body = join([Uint8Array.from(head), ...chunk.sections.flat()]);
  const check: number[] = [];
  writeUint32(check, bindCheck(crc32c(body), headerCrc, number));
  return join([body, Uint8Array.from(check)]);
}

/** Whether a chunk may begin with this byte. */
export function isChunkMarker(byte: number | undefined): boolean {
  return byte === CHUNK_MARKER || byte === STORED_MARKER;
}

/**
 * Reads a chunk's head at an offset.
 *
 * returns   "short" when the bytes end inside it, "bad" when it is none or its check does not agree
 */
export function parseChunkHead(
  bytes: Uint8Array,
  at: number,
  header: StreamHeader,
): ChunkHead | "short" | "bad" {
  const cursor = cursorAt(bytes, at);
  const marker = readByte(cursor);
  if (cursor.short) return "short";
  const isStored = marker === STORED_MARKER && header.media === "image";
  if (marker !== CHUNK_MARKER && !isStored) return "bad";
  const stored = isStored ? readByte(cursor) : undefined;
  const frames = isStored ? 1 : readVarint(cursor);
  const { channels, framesPerChunk } = chunkLayout(header);
  let total = 0;
  const count = sectionCount(header, stored);
  const lengths = Array.from({ length: count }, () => new Array<number>(channels).fill(0));
  for (const layer of lengths) {
    for (let channel = 0; channel < layer.length && !cursor.short; channel++)
      total += layer[channel] = readVarint(cursor);
  }
  const checks = lengths.map(() => readByte(cursor));
  const checked = cursor.at;
  const check = readByte(cursor);
  if (cursor.bad) return "bad";
  if (cursor.short) return "short";
  if (frames < 1 || frames > framesPerChunk || total > MOST_CHUNK_BYTES || stored === 0) return "bad";
  if (check !== crc8(bytes.subarray(at, checked))) return "bad";
  return { frames, stored, lengths, checks, start: cursor.at, end: cursor.at + total };
}

/** The chunk of a head with those of its sections that are sound. */
export function chunkOf({ frames, stored }: ChunkHead, sections: Uint8Array[][]): Chunk {
  return { frames, sections, ...(stored !== undefined && { stored }) };
}

/** How many sections of each channel a chunk has: its layers, or alpha and a stored tile. */
function sectionCount(header: StreamHeader, stored: number | undefined): number {
  if (stored === undefined || header.media !== "image") return header.layers.length;
  return header.alpha ? 2 : 1;
}

/** The number of the chunk whose body and stored check these are; a number out of range when they do not agree. */
export function chunkNumber(body: Uint8Array, stored: number, headerCrc: number): number {
  return (Math.imul(stored ^ crc32c(body) ^ headerCrc, UNSTEP) - 1) >>> 0;
}

/**
 * The sections behind a head, copied, as far as the layers' own checks agree and the bytes reach.
 *
 * returns   the layers before the first damaged one
 */
export function soundLayers(bytes: Uint8Array, head: ChunkHead): Uint8Array[][] {
  const layers: Uint8Array[][] = [];
  let at = head.start;
  for (const [index, lengths] of head.lengths.entries()) {
    const layer = lengths.map((length) => {
      at += length;
      return bytes.slice(at - length, at);
    });
    if (at > bytes.length || crc8(...layer) !== head.checks[index]) break;
    layers.push(layer);
  }
  return layers;
}

/** A check bound to a stream, by its header's check, and to a 0-based place in it. */
export function bindCheck(crc: number, headerCrc: number, number: number): number {
  return (crc ^ headerCrc ^ Math.imul(number + 1, STEP)) >>> 0;
}

function checkChunk({ frames, sections, stored }: Chunk, header: StreamHeader, number: number): void {
  const { framesPerChunk, channels } = chunkLayout(header);
  const kind = stored ?? 1;
  const isKind = Number.isInteger(kind) && kind >= 1 && kind <= MOST_STORED;
  if (!isKind || (stored !== undefined && header.media !== "image")) {
    throw new NacreError("shape", {
      found: `chunk ${number} of ${header.media} stored by kind ${stored}`,
      expected: `1 to ${MOST_STORED}, of pictures alone`,
    });
  }
  if (!Number.isInteger(frames) || frames < 1 || frames > framesPerChunk) {
    throw new NacreError("shape", {
      found: `chunk ${number} of ${frames} frames`,
      expected: `1 to ${framesPerChunk}`,
    });
  }
  const count = sectionCount(header, stored);
  if (sections.length !== count || sections.some((layer) => layer.length !== channels)) {
    throw new NacreError("shape", {
      found: `chunk ${number} with sections [${sections.length}][${sections.map((layer) => layer.length).join(",")}]`,
      expected: `[${count} layers][${channels} channels]`,
    });
  }
  const total = sections.flat().reduce((sum, section) => sum + section.length, 0);
  if (total > MOST_CHUNK_BYTES || number >= MOST_CHUNKS) {
    throw new NacreError("shape", {
      found: `chunk ${number} of ${total} bytes`,
      expected: `at most ${MOST_CHUNKS} chunks of ${MOST_CHUNK_BYTES} bytes`,
    });
  }
}
