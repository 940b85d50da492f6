import { type SymbolTable, symbolTableFromCounts } from "@nacre/entropy";

/** Tables that learn what they code; encoder and decoder keep one each and tell it every symbol. */
export type AdaptiveTable = { table(): SymbolTable; saw(symbol: number): void };

/** A symbol that was seen counts this much beside the counts that a table starts from. */
const seenWeight = 24;
/** Above this sum counts are halved: what was long ago counts less. */
const mostTotal = 4096;
/** Symbols from one table to the next. */
const renewEvery = 4;

/**
 * A table that begins with the given counts.
 *
 * start  one positive whole number per symbol
 */
export function adaptiveTable(start: readonly number[]): AdaptiveTable {
  let counts = [...start];
  let table = symbolTableFromCounts(counts);
  let fresh = 0;
  return {
    table: () => table,
    saw(symbol) {
      counts[symbol]! += seenWeight;
      if (++fresh < renewEvery) return;
      fresh = 0;
      if (counts.reduce((sum, count) => sum + count, 0) > mostTotal) {
        counts = counts.map((count) => (count + 1) >> 1);
      }
      table = symbolTableFromCounts(counts);
    },
  };
}
