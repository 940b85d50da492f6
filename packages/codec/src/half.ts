const floatView = new Float32Array(1);
const bitView = new Uint32Array(floatView.buffer);

/** The nearest IEEE 754 half, ties to even, as bits; beyond its range infinity. */
export function toHalf(value: number): number {
  floatView[0] = value;
  const bits = bitView[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  const shifted = exponent - 112;
  if (shifted >= 31) return sign | 0x7c00;
  if (shifted <= 0) {
    if (shifted < -10) return sign;
    return sign | roundShift(mantissa | 0x800000, 14 - shifted);
  }
  // A carry out of the mantissa raises the exponent, which is the right rounding.
  return sign | ((shifted << 10) + roundShift(mantissa, 13));
}

function roundShift(value: number, shift: number): number {
  const low = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  const result = value >>> shift;
  return low > half || (low === half && result & 1) ? result + 1 : result;
}

/** The number that half bits stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

let all: Float32Array | undefined;

/** The numbers that many halves stand for, by a table of them all: a model has millions. */
export function fromHalves(bits: Uint16Array): Float32Array {
  all ??= Float32Array.from({ length: 2 ** 16 }, (_, each) => fromHalf(each));
  const values = new Float32Array(bits.length);
  for (let at = 0; at < bits.length; at++) values[at] = all[bits[at]!]!;
  return values;
}
