import { assert } from "@nacre/errors";
import { add, concat, constant, gemm, slice, sub, type Tensor, zeros } from "@nacre/graph";
import { type Framing, hopsPerWindow } from "./frames.js";

/** A spectrum as two tensors [rows, bins], bins = window / 2 + 1, bin k at k / window of the rate. */
export type Spectrum = { real: Tensor; imaginary: Tensor };

/** Number of bins of a real signal's spectrum. */
export function binCount(window: number): number {
  return window / 2 + 1;
}

/**
 * The periodic Hann window, sin^2(pi n / window), zero at n = 0 alone.
 * Shifted by hops of window / m it sums to m / 2 for m >= 2, and its square to 3 m / 8 for m >= 3.
 */
export function hannWindow(window: number): Float64Array {
  return Float64Array.from({ length: window }, (_, n) => Math.sin((Math.PI * n) / window) ** 2);
}

/**
 * Matrices of the DFT with the Hann window folded in, split by symmetry.
 *
 * With u = n - window/2 counted from the window's middle, e(u) = x(u) + x(-u) and o(u) = x(u) - x(-u):
 *   real_k      =  sum_u h(u) e(u) cos(2 pi k u / window)
 *   imaginary_k = -sum_u h(u) o(u) sin(2 pi k u / window),  u = 0 .. window/2 - 1
 * so half the products of the plain form are enough. The sample at u = -window/2 has weight zero.
 *
 * window   even
 * returns  real and imaginary part, each [window / 2, bins], row-major
 */
export function dftMatrices(window: number): { real: Float32Array; imaginary: Float32Array } {
  const half = halfOf(window);
  const bins = binCount(window);
  const hann = hannWindow(window);
  return {
    // e(0) = 2 x(0), therefore the half.
    real: matrix(half, bins, (u, k) => hann[half + u]! * cosine(k * u, window) * (u === 0 ? 0.5 : 1)),
    imaginary: matrix(half, bins, (u, k) => -hann[half + u]! * sine(k * u, window)),
  };
}

/**
 * Matrices of the inverse DFT with the synthesis window folded in, split by symmetry:
 *   even(u) =  g(u) / window sum_k c_k real_k      cos(2 pi k u / window)
 *   odd(u)  = -g(u) / window sum_k c_k imaginary_k sin(2 pi k u / window)
 * with x(u) = even + odd and x(-u) = even - odd; c_k = 1 at both ends and 2 between. The synthesis
 * window g is Hann over the sum of its overlapped squares, so analysis, synthesis and `overlapAdd`
 * give back the signal.
 *
 * framing  at least three hops in a window: below that squared Hann windows do not sum to a constant
 * returns  even and odd part, each [bins, window / 2], row-major
 */
export function inverseDftMatrices(framing: Framing): { even: Float32Array; odd: Float32Array } {
  const { window } = framing;
  const half = halfOf(window);
  const bins = binCount(window);
  const hops = hopsPerWindow(framing);
  assert(hops >= 3, "squared Hann windows sum to a constant from three hops on");
  const hann = hannWindow(window);
  const norm = window * ((3 * hops) / 8);
  const weight = (k: number, u: number) => ((k === 0 || k === half ? 1 : 2) * hann[half + u]!) / norm;
  return {
    even: matrix(bins, half, (k, u) => weight(k, u) * cosine(k * u, window)),
    odd: matrix(bins, half, (k, u) => -weight(k, u) * sine(k * u, window)),
  };
}

/**
 * Spectra of Hann-windowed frames. Phase counts from the window's middle, so that it is smooth over
 * the bins of one partial.
 *
 * rows     [N, window], window even
 * returns  real and imaginary part, each [N, bins], not scaled: a sine of amplitude a peaks at a*window/4
 */
export function dft(rows: Tensor): Spectrum {
  const window = rows.shape[1]!;
  const half = halfOf(window);
  const { real, imaginary } = dftMatrices(window);
  const shape = [half, binCount(window)];
  const after = slice(rows, 1, half, window);
  // u = 0, -1, .. 1 - half, beside u = 0, 1, .. half - 1.
  const mirrored = slice(rows, 1, half, 0, -1);
  return {
    real: gemm(add(after, mirrored), constant(real, shape)),
    imaginary: gemm(sub(after, mirrored), constant(imaginary, shape)),
  };
}

/**
 * Frames from spectra, weighted for `overlapAdd`: the inverse of `dft` once frames are added up.
 *
 * spectrum  each part [N, bins]
 * returns   [N, window]
 */
export function inverseDft({ real, imaginary }: Spectrum, framing: Framing): Tensor {
  const half = halfOf(framing.window);
  const matrices = inverseDftMatrices(framing);
  const shape = [binCount(framing.window), half];
  const even = gemm(real, constant(matrices.even, shape));
  const odd = gemm(imaginary, constant(matrices.odd, shape));
  // Sample 0 has window weight zero; then u = 1 - half .. -1, which is even - odd mirrored.
  const before = slice(sub(even, odd), 1, half - 1, 0, -1);
  return concat([zeros([real.shape[0]!, 1]), before, add(even, odd)], 1);
}

/** Multiply-adds of `dft` for one frame; `inverseDft` has as many. */
export function dftMultiplyAdds(window: number): number {
  return 2 * halfOf(window) * binCount(window);
}

function halfOf(window: number): number {
  assert(window % 2 === 0 && window >= 4, `window ${window} is even and at least 4`);
  return window / 2;
}

function matrix(rows: number, columns: number, at: (row: number, column: number) => number): Float32Array {
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) values[row * columns + column] = at(row, column);
  }
  return values;
}

// Reducing the angle first keeps it exact for large products.
function cosine(product: number, window: number): number {
  return Math.cos((2 * Math.PI * (product % window)) / window);
}

function sine(product: number, window: number): number {
  return Math.sin((2 * Math.PI * (product % window)) / window);
}
