import type { Arithmetic } from "./arithmetic.js";
import { cosineMargin } from "./estimator.js";
import { boundedGain, directions, onDirections } from "./gain.js";
import { type PlaneMap, type Products, planeEstimator } from "./plane-map.js";
import { mirror } from "./reflection.js";

/**
 * R = I - 2 r r^T + 2 q^ e^^T, r = (e^ + q^) / |e^ + q^|: the rotation of e^ to q^ that leaves all
 * directions outside their plane alone.
 *
 * Where cos(e, q) < cosineMargin - 1 the pair no longer names a plane (any half turn would do), and
 * the mirror of `reflection` answers instead: it is finite, an isometry, still carries e^ to q^, and
 * differs from whichever half turn was meant only in the one direction that the pair does not name.
 */
function rotate<T>(products: Products<T>, on: Arithmetic<T>): PlaneMap<T> {
  const { perE, perQ, perPair, cosine } = directions(products, on);
  const together = on.add(1, cosine);
  // 2 r r^T = (e^ + q^)(e^ + q^)^T / (1 + cos)
  const weight = on.div(-1, on.max(together, cosineMargin));
  const cross = on.mul(weight, perPair);
  const half = mirror(products, on);
  const orMirror = (value: T, other: T) => on.whereLess(together, cosineMargin, other, value);
  const map = {
    ee: on.mul(weight, on.mul(perE, perE)),
    eq: cross,
    qe: on.add(cross, on.mul(perPair, 2)),
    qq: on.mul(weight, on.mul(perQ, perQ)),
  };
  const turned = onDirections(products, on, map);
  return {
    ee: orMirror(turned.ee, half.ee),
    eq: orMirror(turned.eq, half.eq),
    qe: orMirror(turned.qe, half.qe),
    qq: orMirror(turned.qq, half.qq),
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
