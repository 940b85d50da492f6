import { hop } from "./quantize.js";

/** Contexts that magnitudes are coded in: 20 levels of their neighbours, in three parts of the spectrum. */
export const contextCount = 60;
const levels = 20;
const parts = 3;

/**
 * The context of every magnitude: of the two below it, and of three in the frame before.
 *
 * lane  frames; each lane begins without a past
 */
export function contextsOf(magnitudes: Uint8Array, lane: number): Uint8Array {
  const contexts = new Uint8Array(magnitudes.length);
  const table = Uint8Array.from({ length: 7 * 256 }, (_, sum) => levelOf(sum));
  const frames = magnitudes.length / hop;
  for (let frame = 0; frame < frames; frame++) {
    const at = frame * hop;
    const before = frame % lane === 0 ? undefined : at - hop;
    for (let k = 0; k < hop; k++) {
      let sum = k > 0 ? 2 * magnitudes[at + k - 1]! : 0;
      if (k > 1) sum += magnitudes[at + k - 2]!;
      if (before !== undefined) {
        sum += 2 * magnitudes[before + k]!;
        if (k > 0) sum += magnitudes[before + k - 1]!;
        if (k < hop - 1) sum += magnitudes[before + k + 1]!;
      }
      contexts[at + k] = table[sum]! * parts + Math.floor((k * parts) / hop);
    }
  }
  return contexts;
}

// Up to 8 a level each, then two levels for every doubling.
function levelOf(sum: number): number {
  if (sum < 8) return sum;
  return Math.min(8 + 31 - Math.clz32((sum * sum) >> 6), levels - 1);
}
