/** Float64 forms of the ops that move elements, and of those that pick and add by index. */
import type { DType, Shape } from "../src/tensor.js";
import { build, count, type Evaluator, offset, places, read, type Value } from "./value.js";

type Axis = { axis: number };

const replaced = (list: readonly number[], axis: number, value: number) =>
  list.map((each, i) => (i === axis ? value : each));

function transpose([x]: readonly Value[], { permutation }: { permutation: readonly number[] }): Value[] {
  const shape = permutation.map((axis) => x!.shape[axis]!);
  const source = (place: number[]) => {
    const from: number[] = [];
    permutation.forEach((axis, i) => {
      from[axis] = place[i]!;
    });
    return from;
  };
  return [build(x!.dtype, shape, (place) => read(x!, source(place)))];
}

function concat(xs: readonly Value[], { axis }: Axis): Value[] {
  const owners = xs.flatMap((x) => Array.from({ length: x.shape[axis]! }, (_, i) => ({ x, i })));
  const shape = replaced(xs[0]!.shape, axis, owners.length);
  return [
    build(xs[0]!.dtype, shape, (place) => {
      const { x, i } = owners[place[axis]!]!;
      return read(x, replaced(place, axis, i));
    }),
  ];
}

function split([x]: readonly Value[], { sizes, axis }: Axis & { sizes: readonly number[] }): Value[] {
  let start = 0;
  return sizes.map((size) => {
    const first = start;
    start += size;
    return build(x!.dtype, replaced(x!.shape, axis, size), (place) =>
      read(x!, replaced(place, axis, first + place[axis]!)),
    );
  });
}

type Range = Axis & { start: number; end: number; step: number };

function slice([x]: readonly Value[], { axis, start, end, step }: Range): Value[] {
  const taken: number[] = [];
  for (let at = start; step > 0 ? at < end : at > end; at += step) taken.push(at);
  const shape = replaced(x!.shape, axis, taken.length);
  return [build(x!.dtype, shape, (place) => read(x!, replaced(place, axis, taken[place[axis]!]!)))];
}

type Padding = { amounts: readonly (readonly number[])[]; value: number };

function pad([x]: readonly Value[], { amounts, value }: Padding): Value[] {
  const shape = x!.shape.map((size, axis) => amounts[axis]![0]! + size + amounts[axis]![1]!);
  return [
    build(x!.dtype, shape, (place) => {
      const from = place.map((at, axis) => at - amounts[axis]![0]!);
      return from.every((at, axis) => at >= 0 && at < x!.shape[axis]!) ? read(x!, from) : value;
    }),
  ];
}

function gather([x, indices]: readonly Value[], { axis }: Axis): Value[] {
  const rank = indices!.shape.length;
  const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
  return [
    build(x!.dtype, shape, (place) => {
      const index = read(indices!, place.slice(axis, axis + rank));
      return read(x!, [...place.slice(0, axis), index, ...place.slice(axis + rank)]);
    }),
  ];
}

function gatherElements([x, indices]: readonly Value[], { axis }: Axis): Value[] {
  return [build(x!.dtype, indices!.shape, (place) => read(x!, replaced(place, axis, read(indices!, place))))];
}

function scatterAddRows([x, indices, updates]: readonly Value[]): Value[] {
  const data = x!.data.slice();
  for (const place of places(updates!.shape)) {
    data[offset(x!.shape, [indices!.data[place[0]!]!, ...place.slice(1)])]! += read(updates!, place);
  }
  return [{ ...x!, data }];
}

function scatterAddElements([x, indices, updates]: readonly Value[], { axis }: Axis): Value[] {
  const data = x!.data.slice();
  for (const place of places(updates!.shape)) {
    data[offset(x!.shape, replaced(place, axis, read(indices!, place)))]! += read(updates!, place);
  }
  return [{ ...x!, data }];
}

type Constant = { dtype: DType; shape: Shape; data: ArrayLike<number | bigint> };

export const moves: Record<string, Evaluator> = {
  constant: (_, { dtype, shape, data }: Constant) => [
    { dtype, shape, data: Float64Array.from(data, (each) => Number(each)) },
  ],
  fill: (_, { value, shape }: { value: number; shape: Shape }) => [
    { dtype: "float32", shape, data: new Float64Array(count(shape)).fill(value) },
  ],
  reshape: ([x], { shape }: { shape: Shape }) => [{ ...x!, shape }],
  expand: ([x], { shape }: { shape: Shape }) => [build(x!.dtype, shape, (place) => read(x!, place))],
  transpose,
  concat,
  split,
  slice,
  pad,
  gather,
  gatherElements,
  scatterAddRows,
  scatterAddElements,
};
