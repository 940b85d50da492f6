import { NacreError } from "@nacre/errors";
import { add, customGradient, mul, sum, type Tensor } from "@nacre/graph";
import { type Arithmetic, onNumbers, onTensors } from "./arithmetic.js";
import type { Estimator } from "./estimator.js";

/** Inner products of one pair: e.e, e.q, q.q. */
export type Products<T> = { ee: T; eq: T; qq: T };

/**
 * A linear map that moves only the plane of e and q, and then scales:
 *
 *   M v = gain * (v + e (ee e.v + eq q.v) + q (qe e.v + qq q.v))
 *
 * Rotations and reflections are of this form, so no d x d matrix is ever needed, and the transpose
 * only swaps eq and qe.
 */
export type PlaneMap<T> = { ee: T; eq: T; qe: T; qq: T; gain?: T };

/** Gives the map of a pair; written once over `on`, so that both forms follow one formula. */
export type PlaneFormula = <T>(products: Products<T>, on: Arithmetic<T>) => PlaneMap<T>;

/** Makes an estimator from the formula of its map. */
export function planeEstimator(name: string, formula: PlaneFormula): Estimator {
  const apply = (transposed: boolean): Estimator["vjp"] => {
    return (e, q, v, n, d) => applyRows(formula, transposed, { e, q, v }, n, d);
  };
  return {
    name,
    estimate: (e, q) => {
      checkPair(e, q);
      return customGradient(q, [e], (g) => [applyGraph(formula, e, q, g)]);
    },
    vjp: apply(true),
    jvp: apply(false),
  };
}

/** throws NacreError "shape" unless e and q are float32 [N, D] of one shape */
export function checkPair(e: Tensor, q: Tensor): void {
  const same = e.shape.length === 2 && e.shape.join() === q.shape.join();
  if (same && e.dtype === "float32" && q.dtype === "float32") return;
  throw new NacreError("shape", {
    found: `e is ${e.dtype} [${e.shape}] and q is ${q.dtype} [${q.shape}]`,
    expected: "two float32 tensors of one shape [rows, dimension]",
    mend: "reshape both to rows first",
  });
}

/** throws NacreError "shape" when one of the arrays is not n rows of d values */
export function checkRows(arrays: Record<string, Float32Array>, n: number, d: number): void {
  for (const [name, array] of Object.entries(arrays)) {
    if (array.length === n * d) continue;
    throw new NacreError("shape", {
      found: `${name} has ${array.length} values`,
      expected: `${n} rows of ${d}`,
      mend: "pass row-major arrays and their true row count and dimension",
    });
  }
}

function applyGraph(formula: PlaneFormula, e: Tensor, q: Tensor, g: Tensor): Tensor {
  const dot = (a: Tensor, b: Tensor) => sum(mul(a, b), [1], true);
  const map = formula({ ee: dot(e, e), eq: dot(e, q), qq: dot(q, q) }, onTensors);
  const eg = dot(e, g);
  const qg = dot(q, g);
  const alongE = add(mul(map.ee, eg), mul(map.qe, qg));
  const alongQ = add(mul(map.eq, eg), mul(map.qq, qg));
  const moved = add(g, add(mul(e, alongE), mul(q, alongQ)));
  return map.gain ? mul(moved, map.gain) : moved;
}

function applyRows(
  formula: PlaneFormula,
  transposed: boolean,
  { e, q, v }: { e: Float32Array; q: Float32Array; v: Float32Array },
  n: number,
  d: number,
): Float32Array {
  checkRows({ e, q, v }, n, d);
  const out = new Float32Array(n * d);
  for (let row = 0; row < n; row++) {
    const [from, to] = [row * d, (row + 1) * d];
    const dot = (a: Float32Array, b: Float32Array) => dotRows(a, b, from, to);
    const map = formula({ ee: dot(e, e), eq: dot(e, q), qq: dot(q, q) }, onNumbers);
    const [eq, qe] = transposed ? [map.qe, map.eq] : [map.eq, map.qe];
    const [ev, qv] = [dot(e, v), dot(q, v)];
    const [alongE, alongQ] = [map.ee * ev + eq * qv, qe * ev + map.qq * qv];
    const gain = map.gain ?? 1;
    for (let i = from; i < to; i++) out[i] = gain * (v[i]! + e[i]! * alongE + q[i]! * alongQ);
  }
  return out;
}

function dotRows(a: Float32Array, b: Float32Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += a[i]! * b[i]!;
  return total;
}
