import { checkPicturePair, type PicturePlanes } from "./picture.js";

/** Pixels along a side of the Gaussian window of SSIM. */
export const ssimWindow = 11;

const window = gaussian(ssimWindow, 1.5);

/**
 * Structural similarity, at most 1, which is equal; higher is better.
 *
 * An 11 x 11 Gaussian window of sigma 1.5 wherever it fits whole, constants K1 = 0.01 and K2 = 0.03, population
 * variances, mean over places and then over channels (each of R, G, B, not luma alone). The picture is not
 * scaled down beforehand, which the authors' later program does.
 *
 * returns  NaN when a side is under 11 pixels: the window does not fit
 * throws   NacreError "shape" when the pictures differ in size, planes or peak, or are neither grey nor RGB
 *
 * Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", equation 13.
 */
export function ssim(reference: PicturePlanes, estimate: PicturePlanes): number {
  checkPicturePair(reference, estimate);
  if (Math.min(reference.width, reference.height) < ssimWindow) return Number.NaN;
  const values = reference.planes.map(
    (plane, c) =>
      similarity(Float64Array.from(plane), Float64Array.from(estimate.planes[c]!), reference).ssim,
  );
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Means over all places: `ssim` of the whole index, `contrast` of its contrast and structure part. */
export type Similarity = { ssim: number; contrast: number };

/** What a window sees: mean of x, mean of y, mean of x^2 + y^2, mean of xy. */
const moments = 4;

/**
 * The two means of one channel, [height * width] each, sides of at least ssimWindow. The window is separable,
 * so rows are blurred first, and only the last eleven of them are kept: memory is that of eleven rows.
 */
export function similarity(
  x: Float64Array,
  y: Float64Array,
  { width, height, peak }: { width: number; height: number; peak: number },
): Similarity {
  const wide = width - ssimWindow + 1;
  const blurLine = lineBlur(width);
  const rows = taps(() => new Float64Array(moments * wide));
  const ordered = rows.slice();
  const seen = new Float64Array(moments * wide);
  const total: Similarity = { ssim: 0, contrast: 0 };
  for (let row = 0; row < height; row++) {
    blurLine(x, y, row * width, rows[row % ssimWindow]!);
    if (row < ssimWindow - 1) continue;
    for (let k = 0; k < ssimWindow; k++) ordered[k] = rows[(row + 1 + k) % ssimWindow]!;
    weigh(ordered, seen);
    addSimilarity(seen, wide, peak, total);
  }
  const places = wide * (height - ssimWindow + 1);
  return { ssim: total.ssim / places, contrast: total.contrast / places };
}

/** A function that blurs the moments of the line at `at` along it, into [moments * wide]. */
function lineBlur(width: number) {
  const wide = width - ssimWindow + 1;
  const lines = Array.from({ length: moments }, () => new Float64Array(width));
  const shifted = lines.map((line) => taps((k) => line.subarray(k, k + wide)));
  return (x: Float64Array, y: Float64Array, at: number, out: Float64Array): void => {
    readMoments(x, y, at, lines);
    for (const [m, parts] of shifted.entries()) weigh(parts, out.subarray(m * wide, (m + 1) * wide));
  };
}

function readMoments(x: Float64Array, y: Float64Array, at: number, lines: readonly Float64Array[]): void {
  const [first, second, squares, products] = lines as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < first.length; i++) {
    const a = x[at + i]!;
    const b = y[at + i]!;
    first[i] = a;
    second[i] = b;
    squares[i] = a * a + b * b;
    products[i] = a * b;
  }
}

/** The window's sum of eleven arrays. It is symmetric, and written out because this is where the time goes. */
function weigh(parts: readonly Float64Array[], out: Float64Array): void {
  const [a, b, c, d, e, f, g, h, i, j, k] = parts as Eleven<Float64Array>;
  const [w0, w1, w2, w3, w4, w5] = window as unknown as Eleven<number>;
  for (let n = 0; n < out.length; n++) {
    out[n] =
      w0 * (a[n]! + k[n]!) +
      w1 * (b[n]! + j[n]!) +
      w2 * (c[n]! + i[n]!) +
      w3 * (d[n]! + h[n]!) +
      w4 * (e[n]! + g[n]!) +
      w5 * f[n]!;
  }
}

function addSimilarity(seen: Float64Array, wide: number, peak: number, total: Similarity): void {
  const c1 = (0.01 * peak) ** 2;
  const c2 = (0.03 * peak) ** 2;
  for (let i = 0; i < wide; i++) {
    const meanX = seen[i]!;
    const meanY = seen[wide + i]!;
    const product = meanX * meanY;
    const squares = meanX * meanX + meanY * meanY;
    const contrast = (2 * (seen[3 * wide + i]! - product) + c2) / (seen[2 * wide + i]! - squares + c2);
    total.contrast += contrast;
    total.ssim += ((2 * product + c1) / (squares + c1)) * contrast;
  }
}

type Eleven<T> = [T, T, T, T, T, T, T, T, T, T, T];

function taps<T>(make: (k: number) => T): T[] {
  return Array.from({ length: ssimWindow }, (_, k) => make(k));
}

function gaussian(length: number, sigma: number): Float64Array {
  const half = (length - 1) / 2;
  const weights = Float64Array.from({ length }, (_, i) => Math.exp(-((i - half) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
