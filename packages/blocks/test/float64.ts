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
    branch(mixed, w).forEach((y, c) => {
      out[t * channels + c] = rows[t * channels + c]! + y;
    });
  }
  return out;
}

/** One picture [height, width, channels] through a ConvNeXt block with square kernels; zeros outside. */
export function convNext2d(
  rows: ArrayLike<number>,
  [height, width, channels]: readonly [number, number, number],
  kernel: number,
  w: BlockWeights,
): Float64Array {
  const out = new Float64Array(rows.length);
  const reach = (kernel - 1) / 2;
  const at = (y: number, x: number, c: number) =>
    y < 0 || x < 0 || y >= height || x >= width ? 0 : rows[(y * width + x) * channels + c]!;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const mixed = Array.from({ length: channels }, (_, c) => {
        let sum = w["conv.bias"][c]!;
        for (let i = -reach; i <= reach; i += 1) {
          for (let j = -reach; j <= reach; j += 1) {
            const tap = (c * kernel + i + reach) * kernel + j + reach;
            sum += w["conv.weight"][tap]! * at(y + i, x + j, c);
          }
        }
        return sum;
      });
      branch(mixed, w).forEach((found, c) => {
        out[(y * width + x) * channels + c] = at(y, x, c) + found;
      });
    }
  }
  return out;
}

/** One position's channels after the depthwise convolution to what is added to the residual. */
function branch(mixed: readonly number[], w: BlockWeights): number[] {
  const channels = mixed.length;
  const hidden = w["expand.bias"].length;
  const mean = mixed.reduce((a, b) => a + b, 0) / channels;
  const variance = mixed.reduce((a, b) => a + (b - mean) ** 2, 0) / channels;
  const normed = mixed.map(
    (x, c) => ((x - mean) / Math.sqrt(variance + 1e-6)) * w["norm.scale"][c]! + w["norm.bias"][c]!,
  );
  const wide = Array.from({ length: hidden }, (_, h) => {
    const x = normed.reduce((a, b, c) => a + b * w["expand.weight"][c * hidden + h]!, w["expand.bias"][h]!);
    return (x * (1 + erf(x / Math.SQRT2))) / 2;
  });
  return mixed.map((_, c) => {
    const y = wide.reduce(
      (a, b, h) => a + b * w["contract.weight"][h * channels + c]!,
      w["contract.bias"][c]!,
    );
    return w.layerScale[c]! * y;
  });
}
