import type { Arithmetic } from "./arithmetic.js";
import { cosineMargin } from "./estimator.js";
import { boundedGain, directions, onDirections } from "./gain.js";
import { type PlaneMap, type Products, planeEstimator } from "./plane-map.js";

/**
 * The mirror that swaps the directions of e and q, without gain: H = I - 2 s s^T with
 * s = (e^ - q^) / |e^ - q^|, e^ = e/|e|, q^ = q/|q|. Where cos(e, q) > 1 - cosineMargin no mirror
 * is meant and the answer is the identity, which carries e^ to q^ to within that margin.
 */
export function mirror<T>(products: Products<T>, on: Arithmetic<T>): PlaneMap<T> {
  const { perE, perQ, perPair, cosine } = directions(products, on);
  const apart = on.sub(1, cosine);
  // 2 s s^T = (e^ - q^)(e^ - q^)^T / (1 - cos)
  const weight = on.whereLess(apart, cosineMargin, 0, on.div(1, on.max(apart, cosineMargin)));
  const cross = on.mul(weight, perPair);
  const map = {
    ee: on.mul(weight, on.sub(0, on.mul(perE, perE))),
    eq: cross,
    qe: cross,
    qq: on.mul(weight, on.sub(0, on.mul(perQ, perQ))),
  };
  return onDirections(products, on, map);
}

/**
 * Mirrors e onto the direction of q and rescales: M = |q|/|e| H, the gain at most gainLimit.
 *
 * Fifty et al. 2024, arXiv 2410.06424, compare it with the rotation: it flips orientation.
 */
export const reflection = planeEstimator("reflection", (products, on) => ({
  ...mirror(products, on),
  gain: boundedGain(products, on),
}));
