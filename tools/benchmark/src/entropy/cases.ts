import { type SymbolTable, symbolTableFromCounts } from "@nacre/entropy";
import { uniform } from "@nacre/metrics";

/**
 * Symbols with the tables that they were drawn from.
 *
 * choice  number of each symbol's table; equal ones stand together, in runs
 */
export type EntropyCase = {
  name: string;
  tables: SymbolTable[];
  symbols: Int32Array;
  choice: Uint8Array;
};

/** Codes are -reach .. reach, stored from 0 on, as in the models of pictures. */
const reach = 127;

/** A logistic distribution of a scale in steps, cut into cells of one step, in parts of 65536. */
export function logisticTable(scale: number): SymbolTable {
  const below = (edge: number) => 1 / (1 + Math.exp(-edge / scale));
  return symbolTableFromCounts(
    Array.from({ length: 2 * reach + 1 }, (_, symbol) =>
      Math.round(2 ** 24 * (below(symbol - reach + 0.5) - below(symbol - reach - 0.5))),
    ),
  );
}

/** One table for all, and 64 whose scales are even in the logarithm: what contexts of pictures choose from. */
export function entropyCases(count: number, seed: number): EntropyCase[] {
  const scales = Array.from({ length: 64 }, (_, i) => 0.06 * (64 / 0.06) ** (i / 63));
  return [
    drawn("one table", [logisticTable(2)], count, seed),
    drawn("64 tables", scales.map(logisticTable), count, seed + 1),
  ];
}

function drawn(name: string, tables: SymbolTable[], count: number, seed: number): EntropyCase {
  const random = uniform(seed);
  const sums = tables.map(({ frequencies }) => {
    let sum = 0;
    return Uint32Array.from(frequencies, (frequency) => (sum += frequency));
  });
  const choice = Uint8Array.from({ length: count }, (_, at) => Math.floor((at * tables.length) / count));
  const symbols = Int32Array.from(choice, (table) => firstAbove(sums[table]!, Math.floor(random() * 65_536)));
  return { name, tables, symbols, choice };
}

function firstAbove(sums: Uint32Array, slot: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > slot) high = middle;
    else low = middle + 1;
  }
  return low;
}
