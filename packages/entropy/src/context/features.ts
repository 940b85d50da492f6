/** Largest value of a feature: they are int8. */
export const mostFeature = 127;

/**
 * What a context sees of a code that stands for a multiple of a step: 16 log2(1 + magnitude), rounded down,
 * at most 127. Rates follow the logarithm of magnitudes, so a linear map of these is the right form.
 */
export function magnitudeFeature(multiple: number): number {
  const size = Math.abs(multiple);
  return size < features.length ? features[size]! : mostFeature;
}

// Integers throughout: 2^k <= (1 + n)^16 < 2^(k + 1).
const features: readonly number[] = (() => {
  const list: number[] = [];
  for (let n = 0; list.at(-1) !== mostFeature; n++) {
    const power = BigInt(1 + n) ** 16n;
    list.push(Math.min(mostFeature, power.toString(2).length - 1));
  }
  return list;
})();

/** Features of codes [positions, channels] where `reach` stands for zero. */
export function magnitudeFeatures(codes: Int32Array, reach: number): Int8Array {
  const features = new Int8Array(codes.length);
  // A loop takes a fifth of the time of Int8Array.from.
  for (let at = 0; at < codes.length; at++) features[at] = magnitudeFeature(codes[at]! - reach);
  return features;
}

/**
 * Mean of the four neighbours' features, rounded, for each position; beyond the border they are zero.
 *
 * features  [rows * columns, channels], row-major
 */
export function neighbourFeatures(
  features: Int8Array,
  { rows, columns }: { rows: number; columns: number },
  channels: number,
): Int8Array {
  const out = new Int8Array(features.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [up, down] = [row > 0, row < rows - 1];
      const [left, right] = [column > 0, column < columns - 1];
      for (let channel = 0; channel < channels; channel++, at++) {
        let sum = 2;
        if (up) sum += features[at - columns * channels]!;
        if (down) sum += features[at + columns * channels]!;
        if (left) sum += features[at - channels]!;
        if (right) sum += features[at + channels]!;
        out[at] = sum >> 2;
      }
    }
  }
  return out;
}
