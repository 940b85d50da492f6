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

// A histogram of an absurd alphabet would take the memory, not the file.
const largestAlphabet = 2 ** 24;

function histogram(channels: readonly Int32Array[], alphabet: number): Float64Array {
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
