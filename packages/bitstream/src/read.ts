import { assert, isNacreError } from "@nacre/errors";
import type { Chunk } from "./chunk.js";
import type { VideoEnds } from "./footer.js";
import type { StreamHeader } from "./header.js";
import { readSteps } from "./reader.js";
import type { Damage, Step, StreamEnd } from "./reading.js";
import { openWindow, type Window, wholeWindow } from "./window.js";

/** A stream read in recovery: chunks stand in their places, those damaged with fewer layers or none. */
export type RecoveredStream = StreamEnd & { header: StreamHeader; chunks: Chunk[] };

/** A stream read strictly: nothing is damaged, the length is exact, in samples per channel or tiles. */
export type SoundStream = RecoveredStream & { length: number };

/**
 * Reads a whole stream. The sections are copies.
 *
 * recover   false (default): any fault is thrown. true: faults are listed in `damage`; a chunk keeps the layers
 *           before its first damaged one, a lost chunk has no layers and the frames it should have had
 * throws    NacreError "bitstream" (damaged, cut, foreign), "version" (another format); with `recover` only when
 *           the header cannot be read
 */
export function readStream(bytes: Uint8Array, options?: { recover?: false }): SoundStream;
export function readStream(bytes: Uint8Array, options: { recover?: boolean }): RecoveredStream;
export function readStream(
  bytes: Uint8Array,
  { recover = false }: { recover?: boolean } = {},
): RecoveredStream {
  const steps = readSteps(wholeWindow(bytes), recover);
  const chunks: Chunk[] = [];
  let header: StreamHeader | undefined;
  for (;;) {
    const { done, value } = steps.next();
    if (done) {
      assert(header, "a reading that ends has given its header");
      return { header, chunks, ...value };
    }
    assert(value.kind !== "more", "a whole window is never asked for more");
    if (value.kind === "header") header = value.header;
    else chunks.push(value.chunk);
  }
}

/**
 * A stream that is being read.
 *
 * chunks   to be iterated once; leaving the loop early closes the source
 * end      reads what is left, then says the exact length in samples per channel, and the damage
 */
export type ParsedStream<Length> = {
  header: StreamHeader;
  chunks: AsyncIterable<Chunk>;
  end(): Promise<VideoEnds & { length: Length; damage: Damage[] }>;
};

/**
 * Reads a stream as it arrives. Memory holds one chunk and eight bytes per chunk gone by.
 *
 * source    parts of any size, such as a pipe's
 * recover   as for readStream
 * first     number of the chunk that follows the header in `source`, which leaves out those before; 0 by default
 * returns   once the header is read
 * throws    as readStream; faults of chunks and footer come out of `chunks` and `end`
 */
export function parseStream(
  source: AsyncIterable<Uint8Array>,
  options?: { recover?: false; first?: number },
): Promise<ParsedStream<number>>;
export function parseStream(
  source: AsyncIterable<Uint8Array>,
  options: { recover?: boolean; first?: number },
): Promise<ParsedStream<number | undefined>>;
export async function parseStream(
  source: AsyncIterable<Uint8Array>,
  { recover = false, first: firstChunk = 0 }: { recover?: boolean; first?: number } = {},
): Promise<ParsedStream<number | undefined>> {
  const window = openWindow();
  const steps = drive(readSteps(window, recover, firstChunk), window, source[Symbol.asyncIterator]());
  const first = await steps.next();
  assert(!first.done && first.value.kind === "header", "the header comes first");
  let found: StreamEnd | undefined;
  const chunks = chunksOf(steps, (end) => {
    found = end;
  });
  return {
    header: first.value.header,
    chunks,
    async end() {
      while (!found) {
        const { done } = await chunks.next();
        assert(found || !done, "end is asked of a stream that was read without fault and not left early");
      }
      return found;
    },
  };
}

/** Runs the steps, fetching parts when they ask for more; closes the source however the reading ends. */
async function* drive(
  steps: Generator<Step, StreamEnd, void>,
  window: Window,
  feed: AsyncIterator<Uint8Array>,
): AsyncGenerator<Step, StreamEnd, void> {
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (value.kind === "more") await fetchPart(window, feed);
      else yield value;
    }
  } finally {
    if (!window.ended) await feed.return?.();
  }
}

async function fetchPart(window: Window, feed: AsyncIterator<Uint8Array>): Promise<void> {
  const part = await feed.next();
  if (part.done) window.end();
  else window.append(part.value);
}

async function* chunksOf(
  steps: AsyncGenerator<Step, StreamEnd, void>,
  ended: (end: StreamEnd) => void,
): AsyncGenerator<Chunk, void, void> {
  try {
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return ended(value);
      assert(value.kind === "chunk", "chunks follow the header");
      yield value.chunk;
    }
  } finally {
    await steps.return({ length: undefined, damage: [] });
  }
}

/**
 * Looks a stream through without throwing for what the file did.
 *
 * returns   ok when nothing is damaged; the number of chunks found, lost ones included
 */
export function verifyStream(bytes: Uint8Array): {
  ok: boolean;
  header?: StreamHeader;
  chunks: number;
  damage: Damage[];
} {
  try {
    const { header, chunks, damage } = readStream(bytes, { recover: true });
    return { ok: damage.length === 0, header, chunks: chunks.length, damage };
  } catch (error) {
    if (!isNacreError(error)) throw error;
    return { ok: false, chunks: 0, damage: [{ what: error.message }] };
  }
}
