/**
 * About what a vector's difference from its prediction costs, in bits: one where there is none, else two and for each
 * axis twice the length of the number.
 */
export function vectorBits(x: number, y: number): number {
  if (x === 0 && y === 0) return 1;
  return 2 + 2 * (bitLength(x) + bitLength(y));
}

/** Binary digits of a whole number's magnitude, 0 for 0. */
export function bitLength(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}
