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

/** x times the normal distribution function of x; erf by its Maclaurin series, good to 1e-12 below 5. */
export function gelu(x: number): number {
  const z = x / Math.SQRT2;
  let term = z;
  let erf = z;
  for (let n = 1; n < 200; n += 1) {
    term *= (-z * z) / n;
    erf += term / (2 * n + 1);
  }
  return (x / 2) * (1 + (2 / Math.sqrt(Math.PI)) * erf);
}
