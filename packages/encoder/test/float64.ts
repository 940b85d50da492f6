/** Plain float64 forms, one row at a time, written from their formulas; nothing shared with src. */

/** y = x W + b, W [inputs, outputs]. */
export function affine(x: ArrayLike<number>, weight: Float32Array, bias: Float32Array): Float64Array {
  return Float64Array.from(bias, (b, o) => {
    let sum = b;
    for (let i = 0; i < x.length; i += 1) sum += x[i]! * weight[i * bias.length + o]!;
    return sum;
  });
}

/** Layer normalisation of one row. */
export function norm(x: Float64Array, scale: Float32Array, bias: Float32Array): Float64Array {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
  return x.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-6)) * scale[i]! + bias[i]!);
}
