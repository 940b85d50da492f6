import { NacreError } from "@nacre/errors";
import { type Chunk, MOST_CHUNKS } from "./chunk.js";
import type { IndexEntry, VideoEnds } from "./footer.js";
import type { ParsedHeader, StreamHeader } from "./header.js";
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
export type StreamEnd = VideoEnds & { length: number | undefined; damage: Damage[] };

/** What a reading step asks for or gives. */
export type Step =
  | { kind: "more" }
  | { kind: "header"; header: StreamHeader }
  | { kind: "chunk"; chunk: Chunk };

/** A wider gap than this is taken for damage of the check, not for lost chunks. */
export const WIDEST_GAP = 4096;

/** Everything that the steps of one reading share. */
export type Reading = {
  window: Window;
  recover: boolean;
  parsed: ParsedHeader;
  /** number of the chunk expected next */
  next: number;
  /** what the index should say of each chunk read; holes where chunks were lost or passed over */
  index: IndexEntry[];
  damage: Damage[];
  /** bytes hashed in vain so far */
  effort: number;
};

/** A piece of reading: gives and asks step by step, then returns. */
export type Steps<Result> = Generator<Step, Result, void>;

/** Waits until the window holds `size` bytes or the source has ended. */
export function* fill(window: Window, size: number): Steps<boolean> {
  while (window.bytes.length < size && !window.ended) yield { kind: "more" };
  return window.bytes.length >= size;
}

/** Whether a chunk of this number may come next after lost ones. */
export function inReach({ next }: Reading, number: number): boolean {
  return number > next && number - next <= WIDEST_GAP && number < MOST_CHUNKS;
}

/** Throws when reading is strict, lists otherwise. */
export function note(reading: Reading, damage: Damage): void {
  if (!reading.recover) throw damaged(damage.what);
  reading.damage.push(damage);
}

/** The error for a stream that is not as it was written. */
export function damaged(found: string): NacreError {
  return new NacreError("bitstream", {
    found,
    expected: "a whole .nacre stream",
    mend: "fetch the file again, or read it with recovery for what is sound",
  });
}
