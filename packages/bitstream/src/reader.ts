import { readAttachments } from "./attachments.js";
import {
  CHECK_BYTES,
  type ChunkHead,
  chunkNumber,
  chunkOf,
  isChunkMarker,
  parseChunkHead,
  soundLayers,
} from "./chunk.js";
import { cursorAt, readUint32 } from "./cursor.js";
import { FOOTER_MARKER, type Footer, type IndexEntry, indexEntry, parseFooter } from "./footer.js";
import { chunkLayout, type ParsedHeader, parseHeader } from "./header.js";
import { damaged, fill, inReach, note, type Reading, type Steps, type StreamEnd } from "./reading.js";
import { findChunk } from "./search.js";
import type { Window } from "./window.js";

/**
 * Reads a stream step by step from a window that the caller fills whenever asked for more: one reader for whole
 * files and for pipes.
 *
 * recover   false: the first fault is thrown. true: faults are listed and what is sound is given, in its place;
 *           lost chunks are given without layers. A damaged header is thrown in both.
 * first     number of the chunk that stands behind the header
 * throws    NacreError "bitstream", "version"
 */
export function* readSteps(window: Window, recover: boolean, first = 0): Steps<StreamEnd> {
  const parsed = yield* readHeader(window);
  const reading: Reading = { window, recover, parsed, next: first, index: [], damage: [], effort: 0 };
  const header = yield* readAttachments(reading);
  yield { kind: "header", header };
  for (;;) {
    const end = yield* readFooter(reading);
    if (typeof end === "object") return end;
    const read = end === "none" && (yield* readChunk(reading));
    if (!read && !(yield* findChunk(reading)))
      return { length: chunkLayout(header).length, damage: reading.damage };
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

/** The end of the stream when a footer stands here, and nothing behind it. */
function* readFooter(reading: Reading): Steps<StreamEnd | "none" | "bad"> {
  const { window, parsed } = reading;
  if (!(yield* fill(window, 1)) || window.bytes[0] !== FOOTER_MARKER) return "none";
  for (;;) {
    const found = parseFooter(window.bytes, 0, parsed);
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

function* closeStream(reading: Reading, { chunks, index, ...ends }: Footer): Steps<StreamEnd> {
  if (chunks < reading.next)
    note(reading, { what: `${reading.next} chunks, but the footer counts ${chunks}` });
  // In a stream of sixteen chunks and more the footer has a byte or more for each, so this many can be lost at most.
  yield* giveLost(reading, chunks);
  const announced = chunkLayout(reading.parsed.header).length;
  if (announced !== undefined && ends.length > announced) {
    note(reading, { what: `the footer says a length of ${ends.length}, the header ${announced}` });
  }
  const differs = index.findIndex((entry, chunk) => isOther(entry, reading.index[chunk]));
  if (differs >= 0 && reading.damage.length === 0)
    note(reading, { what: "the index does not agree with the chunk", chunk: differs });
  return { ...ends, damage: reading.damage };
}

function isOther(said: IndexEntry, found: IndexEntry | undefined): boolean {
  if (!found) return false;
  const same = said.size === found.size && said.kind === found.kind && said.frames === found.frames;
  return !same || said.time !== found.time;
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
  if (!isChunkMarker(follows) && follows !== FOOTER_MARKER) {
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
  reading.index[reading.next] = indexEntry(size, head.frames, head.mark);
  reading.next++;
  yield { kind: "chunk", chunk: chunkOf(head, sections) };
  yield* checkShortIsLast(reading, head.frames);
}

function* checkShortIsLast(reading: Reading, frames: number): Steps<void> {
  if (frames >= chunkLayout(reading.parsed.header).framesPerChunk) return;
  if ((yield* fill(reading.window, 1)) && isChunkMarker(reading.window.bytes[0])) {
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
  const frames = chunkLayout(reading.parsed.header).framesPerChunk;
  const what = number === first + 1 ? `chunk ${first} is lost` : `chunks ${first} to ${number - 1} are lost`;
  // Of a video nobody knows what was lost until the next chunk says its number.
  const known = reading.parsed.header.media === "video" ? {} : { frames: (number - first) * frames };
  note(reading, { what, chunk: first, ...known });
  for (; reading.next < number; reading.next++) yield { kind: "chunk", chunk: { frames, sections: [] } };
}
