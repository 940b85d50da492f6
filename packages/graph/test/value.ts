/** Arrays of the float64 evaluator: integers and bools are doubles too, exact up to 2^53. */
import type { Draw } from "../src/sample.js";
import type { DType, Shape } from "../src/tensor.js";

export type Value = { readonly dtype: DType; readonly shape: Shape; readonly data: Float64Array };

/** How one op computes: values in, values out. A method, so that each op may name its own attributes. */
export type Evaluator = { evaluate(inputs: readonly Value[], attributes: object): Value[] }["evaluate"];

export const count = (shape: Shape) => shape.reduce((product, size) => product * size, 1);

/** Every place of a shape, last axis fastest. */
export function* places(shape: Shape): Generator<number[]> {
  const place = shape.map(() => 0);
  for (let left = count(shape); left > 0; left -= 1) {
    yield [...place];
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      place[axis]! += 1;
      if (place[axis]! < shape[axis]!) break;
      place[axis] = 0;
    }
  }
}

/** Where a place lies in the data of a shape; axes of size 1 answer for all of theirs, as in broadcasting. */
export function offset(shape: Shape, place: readonly number[]): number {
  const skipped = place.length - shape.length;
  let at = 0;
  for (let axis = 0; axis < shape.length; axis += 1) {
    at = at * shape[axis]! + (shape[axis] === 1 ? 0 : place[axis + skipped]!);
  }
  return at;
}

export const read = ({ shape, data }: Value, place: readonly number[]) => data[offset(shape, place)]!;

/** A value, place by place. */
export function build(dtype: DType, shape: Shape, compute: (place: number[]) => number): Value {
  const data = new Float64Array(count(shape));
  let at = 0;
  for (const place of places(shape)) data[at++] = compute(place);
  return { dtype, shape, data };
}

/** Numpy's rule, for shapes that are known to fit. */
export function widest(...shapes: Shape[]): Shape {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)),
  );
}

/** Draws in 0 .. 1 without structure, the same on every machine. */
export function random(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

// Odd multiples of 2^-17 are exact in float32 and at least 2^-17 from every kink and 2^-16 from each other.
const grid = 2 ** 16;

/** Elements as a sample asks for them. */
export function drawn(shape: Shape, { dtype, from, to, step }: Draw, next: () => number): Value {
  return build(dtype, shape, () =>
    step === undefined
      ? (Math.floor((from + (to - from) * next()) * grid) + 0.5) / grid
      : from + step * Math.floor(next() * ((to - from) / step + 1)),
  );
}
