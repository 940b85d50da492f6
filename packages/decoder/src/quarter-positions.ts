/** Where decoders of pictures begin: an inverse cosine transform, by way of positions of a quarter of the size. */
import { cosinePatches, rowOffset } from "@nacre/blocks";

/** Pixels along a side of a position, and positions along a side of a cell of side values. */
export const scale = { patch: 16, cell: 4 };

/** Pixels along a side of a quarter position, and how many of those lie along a side of a position. */
export const fine = { patch: 4, perPosition: 4 };

/**
 * Coefficients of a patch to those of its quarter positions, [dim, perPosition^2 * fineDim]: the inverse
 * transform at 1/16 and the transform at 1/4 as one matrix.
 */
export function refineWeights(dim: number, fineDim: number): Float32Array {
  const { patch, perPosition } = fine;
  const outputs = perPosition ** 2 * fineDim;
  const weights = new Float32Array(dim * outputs);
  const quarters = cosinePatches(patch, fineDim);
  for (const [row, whole] of cosinePatches(scale.patch, dim).entries()) {
    for (let place = 0; place < perPosition ** 2; place++) {
      const part = quarterOf(whole, Math.floor(place / perPosition), place % perPosition);
      for (const [channel, quarter] of quarters.entries()) {
        weights[row * outputs + place * fineDim + channel] = part.reduce((s, x, i) => s + x * quarter[i]!, 0);
      }
    }
  }
  return weights;
}

/** Takes the offsets of the rows away again. */
export function refineBias(dim: number, fineDim: number): Float32Array {
  const weights = refineWeights(dim, fineDim);
  const outputs = weights.length / dim;
  return Float32Array.from({ length: outputs }, (_, at) => {
    let sum = 0;
    for (let row = 0; row < dim; row++) sum -= rowOffset(row) * weights[row * outputs + at]!;
    return sum;
  });
}

/** Coefficients of a quarter position to its pixels, [fineDim, 3 * patch^2]; rows beyond them are zero. */
export function headWeights(fineDim: number): Float32Array {
  const outputs = 3 * fine.patch ** 2;
  const weights = new Float32Array(fineDim * outputs);
  for (const [row, values] of cosinePatches(fine.patch, fineDim).entries())
    weights.set(values, row * outputs);
  return weights;
}

/** A quarter position's pixels out of a patch's. */
function quarterOf(whole: Float64Array, down: number, across: number): Float64Array {
  const { patch } = fine;
  return Float64Array.from({ length: 3 * patch ** 2 }, (_, at) => {
    const channel = Math.floor(at / patch ** 2);
    const line = patch * down + (Math.floor(at / patch) % patch);
    return whole[(channel * scale.patch + line) * scale.patch + patch * across + (at % patch)]!;
  });
}

/**
 * What all branches of a scale start at together beside the residual: the maps alone are an inverse cosine
 * transform at first, and a branch that has learned nothing adds noise to it.
 */
export const startingBranch = 0.05;
