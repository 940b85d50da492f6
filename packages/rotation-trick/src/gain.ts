import type { Arithmetic } from "./arithmetic.js";
import { gainLimit, tinyNorm } from "./estimator.js";
import type { PlaneMap, Products } from "./plane-map.js";

/** |q| / |e|, at most gainLimit; 1 for a pair without a direction. */
export function boundedGain<T>(products: Products<T>, on: Arithmetic<T>): T {
  const { ee, qq } = products;
  const ratio = on.sqrt(on.div(qq, on.max(ee, tinyNorm ** 2)));
  return withoutDirection(products, on, 1, on.min(ratio, gainLimit));
}

/** `then` where e or q is shorter than tinyNorm, else `otherwise`. */
export function withoutDirection<T>(
  { ee, qq }: Products<T>,
  on: Arithmetic<T>,
  then: T | number,
  otherwise: T | number,
): T {
  return on.whereLess(on.min(ee, qq), tinyNorm ** 2, then, otherwise);
}

/** The inverse norms of e and q and the cosine between them, finite for every pair. */
export function directions<T>({ ee, eq, qq }: Products<T>, on: Arithmetic<T>) {
  const perE = on.div(1, on.sqrt(on.max(ee, tinyNorm ** 2)));
  const perQ = on.div(1, on.sqrt(on.max(qq, tinyNorm ** 2)));
  const perPair = on.mul(perE, perQ);
  return { perE, perQ, perPair, cosine: on.mul(eq, perPair) };
}

/** The same map where the pair has directions, the identity elsewhere. */
export function onDirections<T>(products: Products<T>, on: Arithmetic<T>, map: PlaneMap<T>): PlaneMap<T> {
  const guard = (coefficient: T) => withoutDirection(products, on, 0, coefficient);
  return { ee: guard(map.ee), eq: guard(map.eq), qe: guard(map.qe), qq: guard(map.qq) };
}
