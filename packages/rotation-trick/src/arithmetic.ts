import { add, div, less, max, min, mul, sqrt, sub, type Tensor, where } from "@nacre/graph";

/** The arithmetic that an estimator's formula needs, over numbers or over tensors. */
export type Arithmetic<T> = {
  add(a: T | number, b: T | number): T;
  sub(a: T | number, b: T | number): T;
  mul(a: T | number, b: T | number): T;
  div(a: T | number, b: T | number): T;
  min(a: T | number, b: T | number): T;
  max(a: T | number, b: T | number): T;
  sqrt(a: T): T;
  /** `then` where a < b, else `otherwise`. */
  whereLess(a: T, b: T | number, then: T | number, otherwise: T | number): T;
};

/** Formulas over plain numbers, one row at a time. */
export const onNumbers: Arithmetic<number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  sqrt: Math.sqrt,
  whereLess: (a, b, then, otherwise) => (a < b ? then : otherwise),
};

/** The same formulas as graph nodes, all rows at once ([N, 1] each). */
export const onTensors: Arithmetic<Tensor> = {
  add,
  sub,
  mul,
  div,
  min,
  max,
  sqrt,
  whereLess: (a, b, then, otherwise) => where(less(a, b), then, otherwise),
};
