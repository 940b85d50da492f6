import { cosineMargin } from "./estimator.js";
import { boundedGain, directions } from "./gain.js";
import { planeEstimator } from "./plane-map.js";

/**
 * Mirrors e onto the direction of q and rescales: M = |q|/|e| H, H = I - 2 s s^T with
 * s = (e^ - q^) / |e^ - q^|, e^ = e/|e|, q^ = q/|q|, the gain at most gainLimit.
 *
 * Where cos(e, q) > 1 - cosineMargin the pair no longer names a mirror, and H is the identity, which
 * carries e^ to q^ to within that margin.
 *
 * Fifty et al. 2024, arXiv 2410.06424, compare it with the rotation: it flips orientation.
 */
export const reflection = planeEstimator("reflection", (products, on) => {
  const { squareE, squareQ, cross, cosine } = directions(products, on);
  const apart = on.sub(1, cosine);
  // 2 s s^T = (e^ - q^)(e^ - q^)^T / (1 - cos)
  const weight = on.whereLess(apart, cosineMargin, 0, on.div(1, on.max(apart, cosineMargin)));
  const swap = on.mul(weight, cross);
  const fade = on.sub(0, weight);
  return {
    ee: on.mul(fade, squareE),
    eq: swap,
    qe: swap,
    qq: on.mul(fade, squareQ),
    gain: boundedGain(products, on),
  };
});
