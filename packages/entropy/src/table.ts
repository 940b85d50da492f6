import { NacreError } from "@nacre/errors";

/** Frequencies are parts of 2^16. */
export const PRECISION = 16;
const WHOLE = 2 ** PRECISION;
// Shares are products count x 65536 that must stay exact integers in a double.
const MOST_COUNTED = 2 ** (53 - PRECISION);

/**
 * A static integer distribution: symbol s has probability frequencies[s] / 65536.
 *
 * frequencies   one integer per symbol, each at least 1, together exactly 65536 (so at most 65536 symbols)
 *
 * A table is never changed after its first use: what the coder derives from it is remembered.
 */
export type SymbolTable = { precision: 16; frequencies: Uint32Array | readonly number[] };

/** What the coder derives from a table once: cumulative starts and where to begin a search. */
export type PreparedTable = {
  /** [alphabet + 1], start of each symbol's slots, last entry 65536 */
  starts: Uint32Array;
  /** [257], the symbol that owns slot 256 x i */
  first: Uint32Array;
};

const prepared = new WeakMap<SymbolTable, PreparedTable>();

/**
 * Checks a table and derives the coder's form of it (remembered per table object).
 *
 * throws   NacreError "model" when the frequencies are not positive integers with sum 65536
 */
export function prepareTable(table: SymbolTable): PreparedTable {
  const known = prepared.get(table);
  if (known) return known;
  const starts = cumulate(table);
  const made = { starts, first: searchStarts(starts) };
  prepared.set(table, made);
  return made;
}

/** The symbol that owns a slot (0 .. 65535). */
export function symbolAt({ starts, first }: PreparedTable, slot: number): number {
  let low = first[slot >>> 8]!;
  let high = first[(slot >>> 8) + 1]! + 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= slot) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The table nearest to observed counts: largest remainder, every symbol at least 1 part of 65536.
 *
 * counts   one non-negative integer per symbol, 1 .. 65536 symbols, sum at most 2^37; all zero gives a uniform table
 * throws   NacreError "model" for other counts
 *
 * Integers only, ties go to the lowest symbol: the same counts give the same table on any machine.
 */
export function symbolTableFromCounts(counts: ArrayLike<number>): SymbolTable {
  checkAlphabet(counts.length);
  const total = checkedTotal(counts);
  const shares = total === 0 ? new Array<number>(counts.length).fill(1) : Array.from(counts);
  return { precision: PRECISION, frequencies: apportion(shares) };
}

/**
 * The table that favours no symbol; where 65536 does not divide evenly, the first symbols get one part more.
 *
 * alphabet   1 .. 65536
 * throws     NacreError "model" for another alphabet
 */
export function uniformTable(alphabet: number): SymbolTable {
  checkAlphabet(alphabet);
  return symbolTableFromCounts(new Uint32Array(alphabet));
}

/** Refuses alphabets that a 16 bit table cannot hold. */
export function checkAlphabet(alphabet: number): void {
  if (Number.isInteger(alphabet) && alphabet >= 1 && alphabet <= WHOLE) return;
  throw new NacreError("model", {
    found: `a table of ${alphabet} symbols`,
    expected: `1 to ${WHOLE}`,
    mend: "code larger alphabets as several symbols",
  });
}

function cumulate({ precision, frequencies }: SymbolTable): Uint32Array {
  checkAlphabet(frequencies.length);
  const starts = new Uint32Array(frequencies.length + 1);
  let sum = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    const frequency = frequencies[symbol]!;
    if (!Number.isInteger(frequency) || frequency < 1 || frequency > WHOLE) {
      throw new NacreError("model", {
        found: `frequency ${frequency} of symbol ${symbol}`,
        expected: `an integer from 1 to ${WHOLE}`,
      });
    }
    sum += frequency;
    starts[symbol + 1] = sum;
  }
  if (precision !== PRECISION || sum !== WHOLE) {
    throw new NacreError("model", {
      found: `a table of precision ${precision} with sum ${sum}`,
      expected: `precision 16 and sum ${WHOLE}`,
    });
  }
  return starts;
}

function searchStarts(starts: Uint32Array): Uint32Array {
  const first = new Uint32Array(257);
  let symbol = 0;
  for (let bucket = 0; bucket < 256; bucket++) {
    while (starts[symbol + 1]! <= bucket * 256) symbol++;
    first[bucket] = symbol;
  }
  first[256] = starts.length - 2;
  return first;
}

function checkedTotal(counts: ArrayLike<number>): number {
  let total = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    const count = counts[symbol]!;
    if (!Number.isInteger(count) || count < 0) {
      throw new NacreError("model", {
        found: `count ${count} of symbol ${symbol}`,
        expected: "a non-negative integer",
      });
    }
    total += count;
    if (total > MOST_COUNTED) {
      throw new NacreError("model", {
        found: `more than ${MOST_COUNTED} counted symbols`,
        mend: "halve the counts",
      });
    }
  }
  return total;
}

function apportion(counts: readonly number[]): Uint32Array {
  const frequencies = new Uint32Array(counts.length);
  let parts = WHOLE;
  let total = counts.reduce((sum, count) => sum + count, 0);
  // Lifting a rare symbol to 1 leaves less for the others, which may bring another one below 1: repeat.
  for (let lifted = true; lifted; ) {
    lifted = false;
    for (const [symbol, count] of counts.entries()) {
      if (frequencies[symbol] !== 0 || count * parts >= total) continue;
      frequencies[symbol] = 1;
      parts -= 1;
      total -= count;
      lifted = true;
    }
  }
  shareRest(counts, frequencies, parts, total);
  return frequencies;
}

function shareRest(counts: readonly number[], frequencies: Uint32Array, parts: number, total: number): void {
  const remainders: { symbol: number; remainder: number }[] = [];
  let left = parts;
  for (const [symbol, count] of counts.entries()) {
    if (frequencies[symbol] !== 0) continue;
    const product = count * parts;
    const remainder = product % total;
    frequencies[symbol] = (product - remainder) / total;
    left -= frequencies[symbol]!;
    remainders.push({ symbol, remainder });
  }
  remainders.sort((a, b) => b.remainder - a.remainder || a.symbol - b.symbol);
  for (const { symbol } of remainders.slice(0, left)) frequencies[symbol]! += 1;
}
