import type { Arithmetic } from "./arithmetic.js";
import { gainLimit, tinyNorm } from "./estimator.js";
import type { Products } from "./plane-map.js";

/** |q| / |e|, at most gainLimit; 1 for a pair without a direction. */
export function boundedGain<T>({ ee, qq }: Products<T>, on: Arithmetic<T>): T {
  const ratio = on.sqrt(on.div(qq, on.max(ee, tinyNorm ** 2)));
  return on.whereLess(on.min(ee, qq), tinyNorm ** 2, 1, on.min(ratio, gainLimit));
}

/**
 * The inverse norms of e and q, their squares and product, and the cosine. All are 0 for a pair
 * without a direction (e or q shorter than tinyNorm), so that a map built of them is the identity.
 */
export function directions<T>({ ee, eq, qq }: Products<T>, on: Arithmetic<T>) {
  const known = on.whereLess(on.min(ee, qq), tinyNorm ** 2, 0, 1);
  const squareE = on.div(known, on.max(ee, tinyNorm ** 2));
  const squareQ = on.div(known, on.max(qq, tinyNorm ** 2));
  const cross = on.mul(on.sqrt(squareE), on.sqrt(squareQ));
  return { squareE, squareQ, cross, cosine: on.mul(eq, cross) };
}
