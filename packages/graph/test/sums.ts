/** Float64 forms of reductions, products and convolutions: loops over every pair that meets. */
import { build, type Evaluator, offset, places, read, type Value, widest } from "./value.js";

type Axes = { axes: readonly number[]; keepDims: boolean };

/** Reduces the elements that share a place off the axes; `compute` gets them in order. */
function reduced(
  [x]: readonly Value[],
  { axes, keepDims }: Axes,
  compute: (elements: number[]) => number,
): Value {
  const kept = x!.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const groups = Array.from({ length: kept.reduce((product, size) => product * size, 1) }, () =>
    [0].slice(1),
  );
  for (const place of places(x!.shape)) groups[offset(kept, place)]!.push(read(x!, place));
  const shape = keepDims ? kept : x!.shape.filter((_, axis) => !axes.includes(axis));
  return { dtype: x!.dtype, shape, data: Float64Array.from(groups, compute) };
}

const total = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0);
const reduction =
  (compute: (elements: number[]) => number): Evaluator =>
  (inputs, attributes: Axes) => [reduced(inputs, attributes, compute)];

/** indexOf finds the lowest of equals. */
const position =
  (best: (...elements: number[]) => number): Evaluator =>
  (inputs, { axis, keepDims }: { axis: number; keepDims: boolean }) => [
    {
      ...reduced(inputs, { axes: [axis], keepDims }, (list) => list.indexOf(best(...list))),
      dtype: "int64",
    },
  ];

function cumSum([x]: readonly Value[], { axis, reverse }: { axis: number; reverse: boolean }): Value[] {
  return [
    build(x!.dtype, x!.shape, (place) => {
      const along = Array.from({ length: x!.shape[axis]! }, (_, at) => at);
      const counted = along.filter((at) => (reverse ? at >= place[axis]! : at <= place[axis]!));
      return total(counted.map((at) => read(x!, place.with(axis, at))));
    }),
  ];
}

function softmax([x]: readonly Value[], { axis }: { axis: number }): Value[] {
  return [
    build(x!.dtype, x!.shape, (place) => {
      const own = read(x!, place);
      const along = Array.from({ length: x!.shape[axis]! }, (_, at) => read(x!, place.with(axis, at)));
      return 1 / total(along.map((other) => Math.exp(other - own)));
    }),
  ];
}

function layerNorm([x, scale, bias]: readonly Value[], { epsilon }: { epsilon: number }): Value[] {
  const axes = { axes: [x!.shape.length - 1], keepDims: true };
  const mean = reduced([x!], axes, (row) => total(row) / row.length);
  const inverse = reduced([x!], axes, (row) => {
    const center = total(row) / row.length;
    return 1 / Math.sqrt(total(row.map((each) => (each - center) ** 2)) / row.length + epsilon);
  });
  const y = build(x!.dtype, x!.shape, (place) => {
    const normal = (read(x!, place) - read(mean, place)) * read(inverse, place);
    return normal * read(scale!, place) + read(bias!, place);
  });
  return [y, mean, inverse];
}

function matmul([a, b]: readonly Value[]): Value[] {
  const [m, k, n] = [a!.shape.at(-2)!, a!.shape.at(-1)!, b!.shape.at(-1)!];
  const outer = widest(a!.shape.slice(0, -2), b!.shape.slice(0, -2));
  return [
    build("float32", [...outer, m, n], (place) => {
      const [item, row, column] = [place.slice(0, -2), place.at(-2)!, place.at(-1)!];
      let sum = 0;
      for (let i = 0; i < k; i += 1) sum += read(a!, [...item, row, i]) * read(b!, [...item, i, column]);
      return sum;
    }),
  ];
}

type Gemm = { alpha: number; beta: number; transA: boolean; transB: boolean };

function gemm([a, b, bias]: readonly Value[], { alpha, beta, transA, transB }: Gemm): Value[] {
  const [m, k] = transA ? a!.shape.toReversed() : a!.shape;
  const n = b!.shape[transB ? 0 : 1]!;
  return [
    build("float32", [m!, n], ([row, column]) => {
      let sum = 0;
      for (let i = 0; i < k!; i += 1) {
        const left = read(a!, transA ? [i, row!] : [row!, i]);
        sum += left * read(b!, transB ? [column!, i] : [i, column!]);
      }
      return alpha * sum + (bias ? beta * read(bias, [row!, column!]) : 0);
    }),
  ];
}

export const sums: Record<string, Evaluator> = {
  sum: reduction(total),
  mean: reduction((list) => total(list) / list.length),
  reduceMax: reduction((list) => Math.max(...list)),
  reduceMin: reduction((list) => Math.min(...list)),
  argMin: position(Math.min),
  argMax: position(Math.max),
  cumSum,
  softmax,
  layerNorm,
  matmul,
  gemm,
};
