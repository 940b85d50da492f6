/** Plain float64 forms of the blocks, written from their papers: one value at a time, nothing shared with src. */

/** Error function by its Maclaurin series; good to 1e-12 for |x| < 4. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export type BlockWeights = Record<
  | "conv.weight"
  | "conv.bias"
  | "norm.scale"
  | "norm.bias"
  | "expand.weight"
  | "expand.bias"
  | "contract.weight"
  | "contract.bias"
  | "layerScale",
  Float32Array
>;

/** One sequence [frames, channels] through a ConvNeXt block; frames outside are zero. */
export function convNext(
  rows: ArrayLike<number>,
  channels: number,
  kernel: number,
  past: number,
  w: BlockWeights,
): Float64Array {
  const frames = rows.length / channels;
  const hidden = w["expand.bias"].length;
  const out = new Float64Array(rows.length);
  for (let t = 0; t < frames; t += 1) {
    const mixed = Array.from({ length: channels }, (_, c) => {
      let sum = w["conv.bias"][c]!;
      for (let k = 0; k < kernel; k += 1) {
        const s = t - past + k;
        if (s >= 0 && s < frames) sum += w["conv.weight"][c * kernel + k]! * rows[s * channels + c]!;
      }
      return sum;
    });
    const mean = mixed.reduce((a, b) => a + b, 0) / channels;
    const variance = mixed.reduce((a, b) => a + (b - mean) ** 2, 0) / channels;
    const normed = mixed.map(
      (x, c) => ((x - mean) / Math.sqrt(variance + 1e-6)) * w["norm.scale"][c]! + w["norm.bias"][c]!,
    );
    const wide = Array.from({ length: hidden }, (_, h) => {
      const x = normed.reduce((a, b, c) => a + b * w["expand.weight"][c * hidden + h]!, w["expand.bias"][h]!);
      return (x * (1 + erf(x / Math.SQRT2))) / 2;
    });
    for (let c = 0; c < channels; c += 1) {
      const y = wide.reduce(
        (a, b, h) => a + b * w["contract.weight"][h * channels + c]!,
        w["contract.bias"][c]!,
      );
      out[t * channels + c] = rows[t * channels + c]! + w.layerScale[c]! * y;
    }
  }
  return out;
}
