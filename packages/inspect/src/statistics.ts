import { NacreError } from "@nacre/errors";

/**
 * How a layer uses its codebook.
 *
 * count                 codes looked at, N; below some ten times the alphabet usage and entropy read low
 * entropyBits           H = -sum p log2 p per code, of the empirical distribution without context
 * entropyBitsCorrected  H + (m - 1) / (2 N ln 2) for m used entries, at most log2(alphabet): Miller 1955
 * perplexity            2^H: the entries in use, if all were used equally
 * usage                 share of entries that occur, 0 .. 1
 * deadCodes             entries that never occur
 */
export type CodeStatistics = {
  count: number;
  entropyBits: number;
  entropyBitsCorrected: number;
  perplexity: number;
  usage: number;
  deadCodes: number;
};

/**
 * Counts the codes of one layer.
 *
 * data      one array of codes, or one per channel; they are counted together
 * alphabet  codes are 0 .. alphabet - 1
 * returns   for no codes: entropy 0, perplexity 1, usage 0
 * throws    NacreError "shape" for a code outside the alphabet, "option" for an alphabet that is no count
 */
export function codeStatistics(data: Int32Array | readonly Int32Array[], alphabet: number): CodeStatistics {
  const counts = histogram(data instanceof Int32Array ? [data] : data, alphabet);
  let [count, used, weighted] = [0, 0, 0];
  for (const n of counts) {
    if (n === 0) continue;
    count += n;
    used += 1;
    weighted += n * Math.log2(n);
  }
  // The difference of two equal logarithms may be -1e-16; an entropy is not negative.
  const entropyBits = count === 0 ? 0 : Math.max(0, Math.log2(count) - weighted / count);
  const bias = count === 0 ? 0 : (used - 1) / (2 * count * Math.LN2);
  return {
    count,
    entropyBits,
    entropyBitsCorrected: Math.min(Math.log2(alphabet), entropyBits + bias),
    perplexity: 2 ** entropyBits,
    usage: used / alphabet,
    deadCodes: alphabet - used,
  };
}

/**
 * H(code | below) in bits: what a code still tells once the code at the same place of another layer is known, of the
 * empirical distribution, with Miller's correction of both entropies.
 *
 * codes, below  one array per channel, of the same lengths; codes >= 0
 * returns       NaN for fewer than ten codes for each pair that occurs: the figure would read far too low
 * throws        NacreError "shape" for arrays that do not match
 */
export function conditionalEntropy(codes: readonly Int32Array[], below: readonly Int32Array[]): number {
  const [pairs, known] = [new Map<number, number>(), new Map<number, number>()];
  const count = (of: Map<number, number>, key: number) => of.set(key, (of.get(key) ?? 0) + 1);
  for (const [channel, own] of codes.entries()) {
    const other = below[channel];
    if (other?.length !== own.length) throw unequal(own.length, other?.length ?? 0);
    for (const [at, code] of own.entries()) {
      count(pairs, code * largestAlphabet + other[at]!);
      count(known, other[at]!);
    }
  }
  const total = codes.reduce((sum, { length }) => sum + length, 0);
  if (total < 10 * pairs.size || total === 0) return Number.NaN;
  return Math.max(0, correctedEntropy(pairs, total) - correctedEntropy(known, total));
}

function correctedEntropy(counts: ReadonlyMap<number, number>, total: number): number {
  let weighted = 0;
  for (const n of counts.values()) weighted += n * Math.log2(n);
  return Math.log2(total) - weighted / total + (counts.size - 1) / (2 * total * Math.LN2);
}

function unequal(found: number, expected: number): NacreError {
  return new NacreError("shape", {
    found: `${found} codes above ${expected}`,
    expected: "as many in both layers",
  });
}

// A histogram of an absurd alphabet would take the memory, not the file.
const largestAlphabet = 2 ** 24;

/** How often each code occurs, [alphabet], all channels together. throws as codeStatistics */
export function histogram(channels: readonly Int32Array[], alphabet: number): Float64Array {
  if (!Number.isInteger(alphabet) || alphabet < 1 || alphabet > largestAlphabet) {
    throw new NacreError("option", {
      found: `alphabet ${alphabet}`,
      expected: `a count of 1 .. ${largestAlphabet}`,
    });
  }
  const counts = new Float64Array(alphabet);
  for (const codes of channels) {
    for (const code of codes) {
      if (code < 0 || code >= alphabet) throw outside(code, alphabet);
      counts[code]! += 1;
    }
  }
  return counts;
}

function outside(code: number, alphabet: number): NacreError {
  return new NacreError("shape", {
    found: `code ${code}`,
    expected: `0 .. ${alphabet - 1}`,
    mend: "check that codes and alphabet come from the same layer",
  });
}
