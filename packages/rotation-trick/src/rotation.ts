import type { Arithmetic } from "./arithmetic.js";
import { cosineMargin } from "./estimator.js";
import { boundedGain, directions } from "./gain.js";
import { type PlaneMap, type Products, planeEstimator } from "./plane-map.js";

/**
 * R = I - 2 r r^T + 2 q^ e^^T, r = (e^ + q^) / |e^ + q^|: the rotation of e^ to q^ that leaves all
 * directions outside their plane alone.
 *
 * Where cos(e, q) < cosineMargin - 1 the pair no longer names a plane (any half turn would do), and
 * the mirror I - 2 s s^T, s = (e^ - q^) / |e^ - q^|, answers instead: it is finite, an isometry,
 * still carries e^ to q^, and differs from whichever half turn was meant only in the one direction
 * that the pair does not name.
 */
function rotate<T>(products: Products<T>, on: Arithmetic<T>): PlaneMap<T> {
  const { squareE, squareQ, cross, cosine } = directions(products, on);
  const together = on.add(1, cosine);
  const pick = (mirror: T | number, rotation: T | number) =>
    on.whereLess(together, cosineMargin, mirror, rotation);
  // 2 r r^T = (e^ + q^)(e^ + q^)^T / (1 + cos), 2 s s^T = (e^ - q^)(e^ - q^)^T / (1 - cos)
  const weight = on.div(1, pick(on.sub(1, cosine), together));
  const sign = pick(1, -1);
  const swap = on.mul(weight, sign);
  const fade = on.sub(0, weight);
  return {
    ee: on.mul(fade, squareE),
    eq: on.mul(swap, cross),
    qe: on.mul(on.add(swap, on.sub(1, sign)), cross), // 1 - sign: the 2 of 2 q^ e^^T, or nothing
    qq: on.mul(fade, squareQ),
  };
}

/**
 * The rotation trick: turn e onto the direction of q and rescale, M = |q|/|e| R, the gain at most
 * gainLimit.
 *
 * Fifty et al. 2024, arXiv 2410.06424, equation 4 and section 4.3.
 */
export const rotation = planeEstimator("rotation", (products, on) => ({
  ...rotate(products, on),
  gain: boundedGain(products, on),
}));

/** The rotation without its rescaling: M = R, so gradients keep their length. */
export const rotationUnscaled = planeEstimator("rotation-unscaled", rotate);
