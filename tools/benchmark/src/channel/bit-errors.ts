import { uniform } from "@nacre/metrics";

/** Bits that a code of an alphabet of n entries takes when it is written bare: ceil(log2 n). */
export function bareBits(alphabet: number): number {
  return Math.ceil(Math.log2(alphabet));
}

/**
 * One layer's codes after a channel that turns over each bit with probability p, each bit on its own.
 *
 * A code is sent as its number in natural binary, bareBits of it. What arrives beyond the alphabet is taken as
 * the last entry: a receiver knows that such a word is damaged, and in a grid of ordered points the last one is
 * nearest to it. Taking it modulo the alphabet instead would turn the highest points into the lowest.
 *
 * codes      [frames, places], each 0 .. alphabet - 1
 * alphabets  [places]
 * seed       and keys name the draws. A bit is turned over where its draw is less than p, so that the damage at
 *            a low p is part of that at a higher one
 */
export function withBitErrors(
  codes: Int32Array,
  alphabets: readonly number[],
  p: number,
  ...[seed, ...keys]: [number, ...number[]]
): Int32Array {
  const random = uniform(seed, ...keys);
  const widths = alphabets.map(bareBits);
  return codes.map((code, at) => {
    const place = at % alphabets.length;
    let word = code;
    for (let bit = 0; bit < widths[place]!; bit++) if (random() < p) word ^= 1 << bit;
    return Math.min(word, alphabets[place]! - 1);
  });
}
