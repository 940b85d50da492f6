import { NacreError } from "@nacre/errors";
import { type ChunkMark, checkMark, kindOfMarker, MOST_REPEATS, markHead, readMark } from "./chunk-mark.js";
import { crc8, crc32c } from "./crc.js";
import { type Cursor, cursorAt, join, readByte, readVarint, writeUint32, writeVarint } from "./cursor.js";
import { chunkLayout, type StreamHeader } from "./header.js";

/**
 * The codes of some seconds, of one tile of a picture, or of one frame of a video, coded.
 *
 * frames     1 .. framesPerChunk; only the last chunk of a stream has fewer. A tile counts as one
 * sections   [layer][channel] bytes; of a video's frame [layer][tile], of its sound [layer of the sound][channel], each opaque to the container; may be empty.
 *            A recovering reader gives fewer layers, or none, where a chunk was damaged.
 * stored     of a picture's tile that is stored otherwise than in layers: by what coding, one of `storedKinds` or
 *            another number up to 255. Its sections are [alpha, where there is one][1] and [the tile][1].
 * mark       of a video's chunk: what it is. A lost one has none
 */
export type Chunk = { frames: number; sections: Uint8Array[][]; stored?: number; mark?: ChunkMark };

/** Codings of tiles that are stored otherwise than in layers: with loss, and without. */
export const storedKinds = { lossy: 1, lossless: 2 } as const;

/** A chunk's head as parsed; offsets are absolute in the parsed bytes. */
export type ChunkHead = {
  frames: number;
  /** as in Chunk; undefined for layers */
  stored: number | undefined;
  mark: ChunkMark | undefined;
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
  const head = beginHead(chunk);
  for (const layer of chunk.sections) for (const section of layer) writeVarint(head, section.length);
  for (const layer of chunk.sections) head.push(crc8(...layer));
  head.push(crc8(Uint8Array.from(head)));
  const body = join([Uint8Array.from(head), ...chunk.sections.flat()]);
  const check: number[] = [];
  writeUint32(check, bindCheck(crc32c(body), headerCrc, number));
  return join([body, Uint8Array.from(check)]);
}

function beginHead({ frames, stored, mark }: Chunk): number[] {
  if (mark) return markHead(mark, frames);
  if (stored !== undefined) return [STORED_MARKER, stored];
  const head = [CHUNK_MARKER];
  writeVarint(head, frames);
  return head;
}

/** Whether a chunk may begin with this byte. */
export function isChunkMarker(byte: number | undefined): boolean {
  return byte === CHUNK_MARKER || byte === STORED_MARKER || kindOfMarker(byte) !== undefined;
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
  const begun = readBeginning(cursor, header);
  if (cursor.short) return "short";
  if (!begun || cursor.bad) return "bad";
  const { frames, stored, mark } = begun;
  const { layers: count, channels, most } = sectionLayout(header, begun);
  let total = 0;
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
  if (frames < 1 || frames > most || total > MOST_CHUNK_BYTES || stored === 0) return "bad";
  if (check !== crc8(bytes.subarray(at, checked))) return "bad";
  return { frames, stored, mark, lengths, checks, start: cursor.at, end: cursor.at + total };
}

type Beginning = Pick<ChunkHead, "frames" | "stored" | "mark">;

/** What a head says before its lengths; undefined for what no chunk of this medium begins with. */
function readBeginning(cursor: Cursor, header: StreamHeader): Beginning | undefined {
  const marker = readByte(cursor);
  if (header.media === "video") {
    const kind = kindOfMarker(marker);
    return kind && { stored: undefined, ...readMark(cursor, kind, header) };
  }
  if (marker === STORED_MARKER && header.media === "image")
    return { stored: readByte(cursor), frames: 1, mark: undefined };
  if (marker !== CHUNK_MARKER) return undefined;
  return { frames: readVarint(cursor), stored: undefined, mark: undefined };
}

/** Sections of a chunk, and the frames that it may have. */
function sectionLayout(
  header: StreamHeader,
  { stored, mark }: Pick<Chunk, "mark"> & { stored?: number | undefined },
): { layers: number; channels: number; most: number } {
  const { channels, framesPerChunk: most } = chunkLayout(header);
  if (stored !== undefined && header.media === "image")
    return { layers: header.alpha ? 2 : 1, channels, most };
  if (header.media !== "video" || !mark) return { layers: header.layers.length, channels, most };
  if (mark.kind === "repeat") return { layers: 0, channels, most: MOST_REPEATS };
  if (mark.kind !== "sound") return { layers: header.layers.length, channels, most };
  const { sound } = header;
  if (!sound) return { layers: 0, channels, most: 0 };
  return { layers: sound.layers.length, channels: sound.channels, most: sound.framesPerChunk };
}

/** The chunk of a head with those of its sections that are sound. */
export function chunkOf({ frames, stored, mark }: ChunkHead, sections: Uint8Array[][]): Chunk {
  return { frames, sections, ...(stored !== undefined && { stored }), ...(mark && { mark }) };
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

function checkChunk(chunk: Chunk, header: StreamHeader, number: number): void {
  const { frames, sections } = chunk;
  checkForm(chunk, header, number);
  const { layers, channels, most } = sectionLayout(header, chunk);
  if (!Number.isInteger(frames) || frames < 1 || frames > most) {
    throw new NacreError("shape", {
      found: `chunk ${number} of ${frames} frames`,
      expected: `1 to ${most}`,
    });
  }
  if (sections.length !== layers || sections.some((layer) => layer.length !== channels)) {
    throw new NacreError("shape", {
      found: `chunk ${number} with sections [${sections.length}][${sections.map((layer) => layer.length).join(",")}]`,
      expected: `[${layers} layers][${channels} channels]`,
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

/** Whether a chunk is of a kind that its medium has. */
function checkForm({ frames, stored, mark }: Chunk, header: StreamHeader, number: number): void {
  const kind = stored ?? 1;
  const isKind = Number.isInteger(kind) && kind >= 1 && kind <= MOST_STORED;
  if (!isKind || (stored !== undefined && header.media !== "image")) {
    throw new NacreError("shape", {
      found: `chunk ${number} of ${header.media} stored by kind ${stored}`,
      expected: `1 to ${MOST_STORED}, of pictures alone`,
    });
  }
  if ((mark !== undefined) !== (header.media === "video")) {
    throw new NacreError("shape", {
      found: `chunk ${number} of ${header.media} ${mark ? `that is ${mark.kind}` : "that does not say what it is"}`,
      expected: "a mark on every chunk of a video, and on no other",
    });
  }
  if (mark && header.media === "video") checkMark(mark, frames, header);
}
