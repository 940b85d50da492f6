import {
  CHECK_BYTES,
  type ChunkHead,
  chunkNumber,
  chunkOf,
  isChunkMarker,
  parseChunkHead,
  soundLayers,
} from "./chunk.js";
import { cursorAt, readUint32, readVarint } from "./cursor.js";
import { FOOTER_MARKER, parseFooter } from "./footer.js";
import { chunkLayout } from "./header.js";
import { fill, inReach, note, type Reading, type Steps, WIDEST_GAP } from "./reading.js";

// Looking for the next sound chunk reads at most so many bytes per byte of the stream, and some more, so that no
// file can stall it.
const SEARCH_EFFORT = 16;
const FREE_EFFORT = 2 ** 22;

/**
 * Looks for the next sound chunk or footer, byte by byte; leaves the window there.
 * Where there is none, gives what is sound of a last chunk that was cut, and returns false.
 */
export function* findChunk(reading: Reading): Steps<boolean> {
  const { window } = reading;
  const cut = cutHead(reading);
  for (let at = 1; at < window.bytes.length || (yield* fill(window, at + 1)); at++) {
    if (reading.effort > FREE_EFFORT + SEARCH_EFFORT * (window.taken + window.bytes.length)) {
      note(reading, { what: "the search for sound chunks was given up" });
      break;
    }
    if (isMarker(window.bytes[at]) && (yield* soundAt(reading, at))) {
      window.skip(at);
      return true;
    }
    // Nothing before this byte is wanted again, unless a cut chunk may be behind us.
    if (!cut && at >= 2 ** 16) {
      window.skip(at);
      at = 0;
    }
  }
  if (cut) yield* giveCut(reading, cut);
  return false;
}

/** The head of a chunk that begins here and that the end of the source cut. */
function cutHead({ window, parsed }: Reading): ChunkHead | undefined {
  const head = parseChunkHead(window.bytes, 0, parsed.header);
  return typeof head === "string" || head.end + CHECK_BYTES <= window.bytes.length ? undefined : head;
}

// Only when the search has ended: doing it at every false head would make a hostile file cost its square.
function* giveCut(reading: Reading, head: ChunkHead): Steps<void> {
  const layers = soundLayers(reading.window.bytes, head);
  const chunk = reading.next++;
  const frames = layers.length === 0 ? { frames: head.frames } : {};
  note(reading, {
    what: `chunk ${chunk} is cut in layer ${layers.length}`,
    chunk,
    layer: layers.length,
    ...frames,
  });
  yield { kind: "chunk", chunk: chunkOf(head, layers) };
}

/** Whether a chunk with a good check and a possible number, or a good footer, begins at an offset. */
function* soundAt(reading: Reading, at: number): Steps<boolean> {
  const { window, parsed } = reading;
  if (window.bytes[at] === FOOTER_MARKER) return yield* footerAt(reading, at);
  reading.effort += 2 + 2 * parsed.header.layers.length * chunkLayout(parsed.header).channels;
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

function isMarker(byte: number | undefined): boolean {
  return isChunkMarker(byte) || byte === FOOTER_MARKER;
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
  let found = parseFooter(window.bytes, at, parsed);
  while (found === "short" && !window.ended) {
    yield { kind: "more" };
    found = parseFooter(window.bytes, at, parsed);
  }
  return typeof found !== "string";
}
