import { assert } from "@nacre/errors";

/**
 * rANS (Duda 2013, arXiv 1311.2540) over many lanes that share one stream of words, so that a reader of arrays
 * decodes a symbol of every lane at once. Tables have 4096 slots, states 32 bits, words 16.
 */
export type LaneCode = {
  /** In the order in which they are read. */
  words: Uint16Array;
  /** State of each lane before its first symbol is read. */
  states: Uint32Array;
};

const slots = 4096;
const lowest = 65_536;

/** Table of 4096 parts from counts: every symbol that occurs has one at least; zeros where none occurs. */
export function tableOfCounts(counts: Uint32Array): Uint16Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const table = Uint16Array.from(counts, (count) =>
    count === 0 ? 0 : Math.max(1, Math.floor((count / total) * slots)),
  );
  if (total === 0) return table;
  // What rounding left goes to, or is taken from, the largest, where it weighs least.
  for (let left = slots - table.reduce((sum, share) => sum + share, 0); left !== 0; ) {
    const largest = table.indexOf(Math.max(...table));
    const change = left > 0 ? left : Math.max(left, -(table[largest]! >> 1));
    table[largest]! += change;
    left -= change;
  }
  return table;
}

/**
 * Codes symbols [lanes, length], each in its context's table [contexts][alphabet].
 * A reader takes position after position, and of each position the lanes in their order.
 */
export function encodeLanes(
  symbols: Uint8Array,
  contexts: Uint8Array,
  tables: readonly Uint16Array[],
  lanes: number,
): LaneCode {
  const length = symbols.length / lanes;
  const alphabet = tables[0]!.length;
  const frequencies = Uint32Array.from(tables.flatMap((table) => [...table]));
  const starts = startsOf(tables);
  const states = new Float64Array(lanes).fill(lowest);
  let words = new Uint16Array(1 << 16);
  let count = 0;
  for (let position = length - 1; position >= 0; position--) {
    if (count + lanes > words.length) words = longer(words, count + lanes);
    for (let lane = lanes - 1; lane >= 0; lane--) {
      const at = lane * length + position;
      const entry = contexts[at]! * alphabet + symbols[at]!;
      const frequency = frequencies[entry]!;
      assert(frequency > 0, "a symbol that is coded was counted");
      let state = states[lane]!;
      if (state >= frequency * 2 ** 20) {
        words[count++] = state % lowest;
        state = Math.floor(state / lowest);
      }
      const whole = Math.floor(state / frequency);
      states[lane] = whole * slots + (state - whole * frequency) + starts[entry]!;
    }
  }
  return { words: words.slice(0, count).reverse(), states: Uint32Array.from(states) };
}

function startsOf(tables: readonly Uint16Array[]): Uint32Array {
  return Uint32Array.from(
    tables.flatMap((table) => {
      let start = 0;
      return [...table].map((share) => {
        start += share;
        return start - share;
      });
    }),
  );
}

function longer(words: Uint16Array<ArrayBuffer>, needed: number): Uint16Array<ArrayBuffer> {
  const grown = new Uint16Array(Math.max(needed, 2 * words.length));
  grown.set(words);
  return grown;
}
