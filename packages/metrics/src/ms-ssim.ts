import { checkPicturePair, type PicturePlanes } from "./picture.js";
import { similarity, ssimWindow } from "./ssim.js";

// Wang, Simoncelli & Bovik 2003, section 3.2: from the full size to a sixteenth of it.
const weights: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/** Pixels that the shorter side needs: below, the window does not fit into the smallest of the five scales. */
export const msSsimSide = (ssimWindow - 1) * 2 ** (weights.length - 1) + 1;

/**
 * Multi-scale structural similarity, 0 .. 1, 1 is equal; higher is better.
 *
 * Contrast and structure of SSIM at five scales, each half of the one before (mean of 2 x 2 pixels; an odd
 * side repeats its last row or column), luminance at the smallest, their product with the exponents of the
 * paper. A mean below 0 counts as 0. Mean over channels of the products: R, G and B, not luma alone.
 *
 * returns  NaN when a side is under 161 pixels: fewer scales would be another measure, whose values do not compare
 * throws   NacreError "shape" when the pictures differ in size, planes or peak, or are neither grey nor RGB
 *
 * Wang, Simoncelli & Bovik 2003, "Multi-scale structural similarity for image quality assessment", equation 7.
 */
export function msSsim(reference: PicturePlanes, estimate: PicturePlanes): number {
  checkPicturePair(reference, estimate);
  if (Math.min(reference.width, reference.height) < msSsimSide) return Number.NaN;
  const values = reference.planes.map((plane, c) =>
    overScales(Float64Array.from(plane), Float64Array.from(estimate.planes[c]!), reference),
  );
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The same in decibels, -10 log10(1 - MS-SSIM), in which codecs near 1 can be told apart.
 *
 * returns  +Infinity for equal pictures; NaN when a side is under 161 pixels
 * throws   NacreError "shape" as msSsim
 */
export function msSsimDecibels(reference: PicturePlanes, estimate: PicturePlanes): number {
  return similarityDecibels(msSsim(reference, estimate));
}

/** A similarity of 0 .. 1 as -10 log10(1 - x) dB. */
export function similarityDecibels(value: number): number {
  // Not -10 log10: that makes a minus zero of 0.
  return 10 * Math.log10(1 / (1 - value));
}

type Form = { width: number; height: number; peak: number };

function overScales(x: Float64Array, y: Float64Array, { width, height, peak }: Form): number {
  let [a, b, form] = [x, y, { width, height, peak }];
  let product = 1;
  for (const [scale, weight] of weights.entries()) {
    const { ssim, contrast } = similarity(a, b, form);
    const last = scale === weights.length - 1;
    product *= Math.max(0, last ? ssim : contrast) ** weight;
    if (last) break;
    [a, b] = [halved(a, form), halved(b, form)];
    form = { width: Math.ceil(form.width / 2), height: Math.ceil(form.height / 2), peak };
  }
  return product;
}

function halved(samples: Float64Array, { width, height }: Form): Float64Array {
  const [wide, high] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const out = new Float64Array(wide * high);
  for (let row = 0; row < high; row++) {
    const top = 2 * row * width;
    const bottom = Math.min(2 * row + 1, height - 1) * width;
    for (let i = 0; i < wide; i++) {
      const left = 2 * i;
      const right = Math.min(left + 1, width - 1);
      const sum =
        samples[top + left]! + samples[top + right]! + samples[bottom + left]! + samples[bottom + right]!;
      out[row * wide + i] = sum / 4;
    }
  }
  return out;
}
