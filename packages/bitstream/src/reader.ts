import { NacreError } from "@nacre/errors";
import {
  CHECK_BYTES,
  CHUNK_MARKER,
  type Chunk,
  type ChunkHead,
  chunkNumber,
  MOST_CHUNKS,
  parseChunkHead,
  soundLayers,
} from "./chunk.js";
import { cursorAt, readUint32, readVarint } from "./cursor.js";
import { FOOTER_MARKER, type Footer, parseFooter } from "./footer.js";
import { type ParsedHeader, parseHeader, type StreamHeader } from "./header.js";
import type { Window } from "./window.js";

/**
 * One thing that is wrong with a stream.
 *
 * what     in words
 * chunk    0-based; absent for damage to the footer or to the stream as a whole
 * layer    first layer lost, when the layers before it are sound
 * frames   frames without any codes
 */
export type Damage = { what: string; chunk?: number; layer?: number; frames?: number };

/** What is known at the end; `length` is undefined when a damaged stream says it nowhere. */
export type StreamEnd = { length: number | undefined; damage: Damage[] };

/** What a reading step asks for or gives. */
export type Step =
  | { kind: "more" }
  | { kind: "header"; header: StreamHeader }
  | { kind: "chunk"; chunk: Chunk };

// A gap wider than this is taken for damage of the check, not for lost chunks.
const WIDEST_GAP = 4096;
// Looking for the next sound chunk reads at most so many bytes per byte of the stream, and some more, so that no
// file can stall it.
const SEARCH_EFFORT = 16;
const FREE_EFFORT = 2 ** 22;

/** Everything that the steps of one reading share. */
type Reading = {
  window: Window;
  recover: boolean;
  parsed: ParsedHeader;
  /** number of the chunk expected next */
  next: number;
  /** bytes of each chunk read, to compare with the index */
  sizes: number[];
  damage: Damage[];
  /** bytes hashed in vain so far */
  effort: number;
};

type Steps<Result> = Generator<Step, Result, void>;

/**
 * Reads a stream step by step from a window that the caller fills whenever asked for more: one reader for whole
 * files and for pipes.
 *
 * recover   false: the first fault is thrown. true: faults are listed and what is sound is given, in its place;
 *           lost chunks are given without layers. A damaged header is thrown in both.
 * throws    NacreError "bitstream", "version"
 */
export function* readSteps(window: Window, recover: boolean): Steps<StreamEnd> {
  const parsed = yield* readHeader(window);
  yield { kind: "header", header: parsed.header };
  const reading: Reading = { window, recover, parsed, next: 0, sizes: [], damage: [], effort: 0 };
  for (;;) {
    const end = yield* readFooter(reading);
    if (typeof end === "object") return end;
    const read = end === "none" && (yield* readChunk(reading));
    if (!read && !(yield* findChunk(reading)))
      return { length: parsed.header.length, damage: reading.damage };
  }
}

function* readHeader(window: Window): Steps<ParsedHeader> {
  for (;;) {
    const parsed = parseHeader(window.bytes);
    if (parsed) {
      window.skip(parsed.size);
      return parsed;
    }
    if (window.ended) throw damaged("a file that ends inside its header");
    yield { kind: "more" };
  }
}

/** Waits until the window holds `size` bytes or the source has ended. */
function* fill(window: Window, size: number): Steps<boolean> {
  while (window.bytes.length < size && !window.ended) yield { kind: "more" };
  return window.bytes.length >= size;
}

/** The end of the stream when a footer stands here, and nothing behind it. */
function* readFooter(reading: Reading): Steps<StreamEnd | "none" | "bad"> {
  const { window, parsed } = reading;
  if (!(yield* fill(window, 1)) || window.bytes[0] !== FOOTER_MARKER) return "none";
  for (;;) {
    const found = parseFooter(window.bytes, 0, parsed.crc);
    if (found === "short" && !window.ended) {
      yield { kind: "more" };
      continue;
    }
    if (typeof found === "string") {
      note(reading, {
        what: found === "short" ? "the file ends inside its footer" : "the footer is damaged",
      });
      return "bad";
    }
    if (yield* fill(window, found.end + 1)) note(reading, { what: "there are bytes behind the footer" });
    return yield* closeStream(reading, found.footer);
  }
}

function* closeStream(reading: Reading, { length, chunks, sizes }: Footer): Steps<StreamEnd> {
  if (chunks < reading.next)
    note(reading, { what: `${reading.next} chunks, but the footer counts ${chunks}` });
  // In a stream of sixteen chunks and more the footer has a byte or more for each, so this many can be lost at most.
  yield* giveLost(reading, chunks);
  const { header } = reading.parsed;
  if (header.length !== undefined && length > header.length) {
    note(reading, { what: `the footer says ${length} samples, the header ${header.length}` });
  }
  const differs = sizes.findIndex((size, chunk) => reading.sizes[chunk] !== size);
  if (differs >= 0 && reading.damage.length === 0)
    note(reading, { what: "the index does not agree with the chunk", chunk: differs });
  return { length, damage: reading.damage };
}

/** Gives the chunk that stands here, sound or as far as it is; false when none can be made out. */
function* readChunk(reading: Reading): Steps<boolean> {
  const head = yield* readHead(reading);
  if (!head) return false;
  const { window, parsed } = reading;
  const size = head.end + CHECK_BYTES;
  if (!(yield* fill(window, size))) {
    note(reading, { what: `the file ends inside chunk ${reading.next}`, chunk: reading.next });
    return false;
  }
  const stored = readUint32(cursorAt(window.bytes, head.end));
  const number = chunkNumber(window.bytes.subarray(0, head.end), stored, parsed.crc);
  if (number === reading.next) yield* giveSalvaged(reading, head, true);
  else if (!(yield* placeChunk(reading, head, number))) return false;
  return true;
}

function* readHead(reading: Reading): Steps<ChunkHead | undefined> {
  const { window, parsed, next } = reading;
  for (;;) {
    const head = parseChunkHead(window.bytes, 0, parsed.header);
    if (typeof head !== "string") return head;
    if (head === "bad") {
      note(reading, { what: `the head of chunk ${next} is damaged`, chunk: next });
      return undefined;
    }
    if (window.ended) {
      note(reading, {
        what:
          window.bytes.length === 0 ? "the file ends without a footer" : `the file ends inside chunk ${next}`,
        chunk: next,
      });
      return undefined;
    }
    yield { kind: "more" };
  }
}

/** Deals with a whole chunk whose check does not name the expected number. */
function* placeChunk(reading: Reading, head: ChunkHead, number: number): Steps<boolean> {
  const { window, next } = reading;
  if (inReach(reading, number)) {
    yield* giveLost(reading, number);
    yield* giveSalvaged(reading, head, true);
    return true;
  }
  if (number < next) {
    note(reading, { what: `chunk ${number} stands in the file again`, chunk: next });
    window.skip(head.end + CHECK_BYTES);
    return true;
  }
  note(reading, { what: `the check of chunk ${next} does not agree`, chunk: next });
  // The head's check is a short one: believe its lengths only when something sensible follows.
  const size = head.end + CHECK_BYTES;
  const follows = (yield* fill(window, size + 1)) ? window.bytes[size] : FOOTER_MARKER;
  if (follows !== CHUNK_MARKER && follows !== FOOTER_MARKER) {
    reading.effort += size;
    return false;
  }
  reading.damage.pop();
  yield* giveSalvaged(reading, head, false);
  return true;
}

/** Gives a chunk's layers up to the first damaged one. `whole`: the check of the whole chunk agrees. */
function* giveSalvaged(reading: Reading, head: ChunkHead, whole: boolean): Steps<void> {
  const layers = soundLayers(reading.window.bytes, head);
  const chunk = reading.next;
  if (layers.length < head.lengths.length) {
    const frames = layers.length === 0 ? { frames: head.frames } : {};
    note(reading, {
      what: `chunk ${chunk} is damaged from layer ${layers.length} on`,
      chunk,
      layer: layers.length,
      ...frames,
    });
  } else if (!whole) {
    note(reading, { what: `the check of chunk ${chunk} is damaged, its layers agree with theirs`, chunk });
  }
  yield* giveChunk(reading, head, layers);
}

function* giveChunk(reading: Reading, head: ChunkHead, sections: Uint8Array[][]): Steps<void> {
  const size = head.end + CHECK_BYTES;
  reading.window.skip(Math.min(size, reading.window.bytes.length));
  reading.sizes[reading.next] = size;
  reading.next++;
  yield { kind: "chunk", chunk: { frames: head.frames, sections } };
  yield* checkShortIsLast(reading, head.frames);
}

function* checkShortIsLast(reading: Reading, frames: number): Steps<void> {
  if (frames === reading.parsed.header.framesPerChunk) return;
  if ((yield* fill(reading.window, 1)) && reading.window.bytes[0] === CHUNK_MARKER) {
    note(reading, {
      what: `chunk ${reading.next - 1} has ${frames} frames and is not the last`,
      chunk: reading.next - 1,
    });
  }
}

/** Gives empty chunks up to (not including) a number. */
function* giveLost(reading: Reading, number: number): Steps<void> {
  const first = reading.next;
  if (number <= first) return;
  const frames = reading.parsed.header.framesPerChunk;
  const what = number === first + 1 ? `chunk ${first} is lost` : `chunks ${first} to ${number - 1} are lost`;
  note(reading, { what, chunk: first, frames: (number - first) * frames });
  for (; reading.next < number; reading.next++) yield { kind: "chunk", chunk: { frames, sections: [] } };
}

/**
 * Looks for the next sound chunk or footer, byte by byte; leaves the window there.
 * Where there is none, gives what is sound of a last chunk that was cut, and returns false.
 */
function* findChunk(reading: Reading): Steps<boolean> {
  const { window } = reading;
  const cut = cutChunk(reading);
  for (let at = 1; yield* fill(window, at + 1); at++) {
    if (reading.effort > FREE_EFFORT + SEARCH_EFFORT * (window.taken + window.bytes.length)) {
      note(reading, { what: "the search for sound chunks was given up" });
      break;
    }
    if (yield* soundAt(reading, at)) {
      window.skip(at);
      return true;
    }
    // Nothing before this byte is wanted again, unless a cut chunk may be behind us.
    if (!cut && at >= 2 ** 16) {
      window.skip(at);
      at = 0;
    }
  }
  if (cut) {
    const frames = cut.layers.length === 0 ? { frames: cut.head.frames } : {};
    reading.damage.push({
      what: `chunk ${reading.next} is cut in layer ${cut.layers.length}`,
      chunk: reading.next,
      layer: cut.layers.length,
      ...frames,
    });
    reading.next++;
    yield { kind: "chunk", chunk: { frames: cut.head.frames, sections: cut.layers } };
  }
  return false;
}

/** The sound layers of a chunk that begins here and that the end of the source cut. */
function cutChunk({ window, parsed }: Reading): { head: ChunkHead; layers: Uint8Array[][] } | undefined {
  const head = parseChunkHead(window.bytes, 0, parsed.header);
  if (typeof head === "string" || head.end + CHECK_BYTES <= window.bytes.length) return undefined;
  return { head, layers: soundLayers(window.bytes, head) };
}

/** Whether a chunk with a good check and a possible number, or a good footer, begins at an offset. */
function* soundAt(reading: Reading, at: number): Steps<boolean> {
  const { window, parsed } = reading;
  if (window.bytes[at] === FOOTER_MARKER) return yield* footerAt(reading, at);
  if (window.bytes[at] !== CHUNK_MARKER) return false;
  reading.effort += 2 + 2 * parsed.header.layers.length * parsed.header.channels;
  let head = parseChunkHead(window.bytes, at, parsed.header);
  while (head === "short" && !window.ended) {
    yield { kind: "more" };
    head = parseChunkHead(window.bytes, at, parsed.header);
  }
  if (typeof head === "string" || !(yield* fill(window, head.end + CHECK_BYTES))) return false;
  reading.effort += head.end - at;
  const stored = readUint32(cursorAt(window.bytes, head.end));
  const number = chunkNumber(window.bytes.subarray(at, head.end), stored, parsed.crc);
  return number === reading.next || inReach(reading, number);
}

function* footerAt(reading: Reading, at: number): Steps<boolean> {
  const { window, parsed, next } = reading;
  // A chance marker mostly announces an impossible number of chunks: do not read an index for it.
  yield* fill(window, at + 16);
  const cursor = cursorAt(window.bytes, at + 1);
  readVarint(cursor);
  const chunks = readVarint(cursor);
  if (chunks < next || chunks > next + WIDEST_GAP) return false;
  reading.effort += 16 + chunks;
  let found = parseFooter(window.bytes, at, parsed.crc);
  while (found === "short" && !window.ended) {
    yield { kind: "more" };
    found = parseFooter(window.bytes, at, parsed.crc);
  }
  return typeof found !== "string";
}

function inReach({ next }: Reading, number: number): boolean {
  return number > next && number - next <= WIDEST_GAP && number < MOST_CHUNKS;
}

/** Throws when reading is strict, lists otherwise. */
function note(reading: Reading, damage: Damage): void {
  if (!reading.recover) throw damaged(damage.what);
  reading.damage.push(damage);
}

function damaged(found: string): NacreError {
  return new NacreError("bitstream", {
    found,
    expected: "a whole .nacre stream",
    mend: "fetch the file again, or read it with recovery for what is sound",
  });
}
