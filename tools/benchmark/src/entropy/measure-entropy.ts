import { encodeChosen, idealBitsChosen, openSymbols } from "@nacre/entropy";
import { assert } from "@nacre/errors";
import { type EntropyCase, entropyCases } from "./cases.js";
import { type ConstrictionVersions, constrictionVersions, measureConstriction } from "./constriction-peer.js";

/**
 * A coder on one case.
 *
 * encode, decode  nanoseconds of processor time a symbol, least of the rounds
 * bytes           written
 * overhead        of those above the tables' ideal, a share
 */
export type CoderRow = { encode: number; decode: number; bytes: number; overhead: number };

/**
 * Entropy coders side by side on the same symbols and tables.
 *
 * ideal   bits of all symbols by their tables
 * short   share above the ideal of the first 10 000 symbols alone, ours
 * ratio   ours over theirs in nanoseconds, where theirs was measured
 */
export type EntropyResult = {
  symbols: number;
  seed: number;
  rounds: number;
  peer: ConstrictionVersions | string;
  cases: {
    name: string;
    tables: number;
    bitsPerSymbol: number;
    ideal: number;
    ours: CoderRow;
    short: { symbols: number; overhead: number };
    theirs?: CoderRow;
    ratio?: { encode: number; decode: number };
  }[];
};

const shortCount = 10_000;

/**
 * Measures our coder, and PyPI's constriction where the interpreter has it: round by round in turn, so that what
 * else the machine does meets both.
 */
export async function measureEntropy({
  symbols,
  rounds,
  seed,
  python,
}: {
  symbols: number;
  rounds: number;
  seed: number;
  python: string;
}): Promise<EntropyResult> {
  const peer = constrictionVersions(python);
  const cases: EntropyResult["cases"] = [];
  for (const each of entropyCases(symbols, seed)) {
    const ideal = idealBitsChosen(each.symbols, each.tables, each.choice);
    const [ours, theirs]: [CoderRow[], CoderRow[]] = [[], []];
    codeOnce(each, ideal);
    for (let round = 0; round < rounds; round++) {
      ours.push(codeOnce(each, ideal));
      if (typeof peer !== "string") theirs.push(await measureConstriction(python, each, ideal));
    }
    cases.push(rowOf(each, ideal, best(ours), theirs.length > 0 ? best(theirs) : undefined));
  }
  return { symbols, seed, rounds, peer, cases };
}

function rowOf(each: EntropyCase, ideal: number, ours: CoderRow, theirs?: CoderRow) {
  const { name, tables, symbols } = each;
  const row = { name, tables: tables.length, bitsPerSymbol: ideal / symbols.length, ideal, ours };
  const own = { ...row, short: { symbols: shortCount, overhead: shortOverhead(each) } };
  if (!theirs) return own;
  return {
    ...own,
    theirs,
    ratio: { encode: ours.encode / theirs.encode, decode: ours.decode / theirs.decode },
  };
}

function codeOnce({ symbols, tables, choice }: EntropyCase, ideal: number): CoderRow {
  const begun = processorTime();
  const bytes = encodeChosen(symbols, tables, choice);
  const middle = processorTime();
  const reader = openSymbols(bytes);
  const decoded = reader.read(tables, choice);
  reader.end();
  const end = processorTime();
  assert(
    decoded.length === symbols.length && Buffer.from(decoded.buffer).equals(Buffer.from(symbols.buffer)),
    "decoding gives back what was coded",
  );
  const each = (milliseconds: number) => (1e6 * milliseconds) / symbols.length;
  return {
    ...{ encode: each(middle - begun), decode: each(end - middle), bytes: bytes.length },
    overhead: (8 * bytes.length) / ideal - 1,
  };
}

/** Milliseconds, all threads together: other programs take turns with this one. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Of symbols from all tables alike. */
function shortOverhead({ symbols, tables, choice }: EntropyCase): number {
  const step = Math.max(1, Math.floor(symbols.length / shortCount));
  const some = <Data extends Int32Array | Uint8Array>(data: Data) =>
    data.filter((_, at) => at % step === 0).slice(0, shortCount) as Data;
  const [few, chosen] = [some(symbols), some(choice)];
  return (8 * encodeChosen(few, tables, chosen).length) / idealBitsChosen(few, tables, chosen) - 1;
}

function best(rows: readonly CoderRow[]): CoderRow {
  const least = (of: (row: CoderRow) => number) => Math.min(...rows.map(of));
  return { ...rows[0]!, encode: least(({ encode }) => encode), decode: least(({ decode }) => decode) };
}
