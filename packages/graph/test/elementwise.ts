/** Float64 forms of the ops that work element by element. */
import type { DType } from "../src/tensor.js";
import { build, type Evaluator, read, type Value, widest } from "./value.js";

const unary =
  (compute: (x: number) => number): Evaluator =>
  ([x]) => [{ ...x!, data: x!.data.map(compute) }];

const binary =
  (compute: (a: number, b: number, dtype: DType) => number, dtype?: DType): Evaluator =>
  ([a, b]) => [
    build(dtype ?? a!.dtype, widest(a!.shape, b!.shape), (place) =>
      compute(read(a!, place), read(b!, place), a!.dtype),
    ),
  ];

const comparison = (holds: (a: number, b: number) => boolean) =>
  binary((a, b) => (holds(a, b) ? 1 : 0), "bool");

/** Maclaurin series; good to 1e-12 for |x| < 4. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 120; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** Of the two nearest whole numbers the even one. */
export function halfToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return x - low < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

function cast([x]: readonly Value[], { dtype }: { dtype: DType }): Value[] {
  const convert = (value: number) => {
    if (dtype === "float32") return value;
    return dtype === "bool" ? Number(value !== 0) : Math.trunc(value);
  };
  return [{ dtype, shape: x!.shape, data: x!.data.map(convert) }];
}

function where([condition, a, b]: readonly Value[]): Value[] {
  const shape = widest(condition!.shape, a!.shape, b!.shape);
  return [build(a!.dtype, shape, (place) => read(read(condition!, place) ? a! : b!, place))];
}

function clip([x]: readonly Value[], { low, high }: { low: number; high: number }): Value[] {
  return [{ ...x!, data: x!.data.map((value) => (value < low ? low : value > high ? high : value)) }];
}

export const elementwise: Record<string, Evaluator> = {
  neg: unary((x) => 0 - x),
  abs: unary((x) => (x < 0 ? -x : x)),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  reciprocal: unary((x) => 1 / x),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  erf: unary(erf),
  relu: unary((x) => Math.max(x, 0)),
  elu: unary((x) => (x > 0 ? x : Math.expm1(x))),
  gelu: unary((x) => (x / 2) * (1 + erf(x / Math.SQRT2))),
  sign: unary((x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  floor: unary(Math.floor),
  ceil: unary(Math.ceil),
  round: unary(halfToEven),
  clip,
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b, dtype) => (dtype === "float32" ? a / b : Math.trunc(a / b))),
  pow: binary((a, b) => a ** b),
  min: binary((a, b) => Math.min(a, b)),
  max: binary((a, b) => Math.max(a, b)),
  mod: binary((a, b) => a - b * Math.floor(a / b)),
  equal: comparison((a, b) => a === b),
  greater: comparison((a, b) => a > b),
  greaterOrEqual: comparison((a, b) => a >= b),
  less: comparison((a, b) => a < b),
  lessOrEqual: comparison((a, b) => a <= b),
  and: comparison((a, b) => a === 1 && b === 1),
  or: comparison((a, b) => a === 1 || b === 1),
  not: unary((x) => 1 - x),
  where,
  cast,
  stopGradient: unary((x) => x),
  customGradient: unary((x) => x),
};
