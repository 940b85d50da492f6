import { type Draw, halves, real, type Samples, whole } from "../sample.js";
import {
  apply,
  axisOf,
  type Op,
  requireType,
  type Shape,
  sameShape,
  shapeError,
  type Tensor,
} from "../tensor.js";
import { cast, equal } from "./compare.js";
import { div, mul } from "./elementwise.js";
import { expand, reshape } from "./shape.js";

type Axes = { axes: readonly number[]; keepDims: boolean };

function reduction(
  name: string,
  type: string,
  gradient: (x: Tensor, y: Tensor, g: Tensor, axes: Axes) => Tensor,
  ints: readonly Draw[] = [whole("int32", -9, 9), whole("int64", -9, 9)],
): Op<Axes> {
  return {
    name,
    samples: reductionSamples(ints),
    infer(inputs, { axes, keepDims }) {
      requireType(name, inputs, "float32", ...ints.map(({ dtype }) => dtype));
      // ONNX reads no axes as all of them; an axis named twice fails when the model is loaded.
      if (axes.length === 0 || new Set(axes).size < axes.length) {
        throw shapeError(name, inputs, `different axes, at least one, instead of [${axes}]`);
      }
      const { dtype, shape } = inputs[0]!;
      return [{ dtype, shape: reducedShape(shape, axes, keepDims) }];
    },
    emit: (emitter, inputs, { attributes: { axes, keepDims } }) =>
      emitter.node(type, [inputs[0]!, emitter.integers(axes)], { keepdims: keepDims ? 1 : 0 }),
    gradient: ({ inputs: [x], outputs: [y], attributes }, [g]) => [gradient(x!, y!, g!, attributes)],
  };
}

function reductionSamples(ints: readonly Draw[]): Samples<Axes> {
  const over = (axes: number[], keepDims: boolean, shape: Shape = [2, 3, 4], draw = real()) => ({
    shapes: [shape],
    attributes: { axes, keepDims },
    draws: [draw],
  });
  const each = [[0], [1], [2], [0, 2], [2, 1], [0, 1, 2]].flatMap((axes) => [
    over(axes, false),
    over(axes, true),
  ]);
  return [over([0], false, [1]), ...each, ...ints.map((draw) => over([1], false, [3, 4], draw))];
}

export const sumOp = reduction("sum", "ReduceSum", (x, _y, g, { axes }) => spread(g, x.shape, axes));
export const meanOp = reduction(
  "mean",
  "ReduceMean",
  (x, _y, g, { axes }) =>
    spread(mul(g, 1 / axes.reduce((count, axis) => count * x.shape[axis]!, 1)), x.shape, axes),
  [],
);
export const reduceMaxOp = reduction("reduceMax", "ReduceMax", routed);
export const reduceMinOp = reduction("reduceMin", "ReduceMin", routed);

// The gradient is shared equally among the elements that tie.
function routed(x: Tensor, y: Tensor, g: Tensor, { axes }: Axes): Tensor {
  const mask = cast(equal(x, reshape(y, reducedShape(x.shape, axes, true))), "float32");
  return mul(div(reshape(g, reducedShape(x.shape, axes, true)), sum(mask, [...axes], true)), mask);
}

type Axis = { axis: number; keepDims: boolean };

function position(name: string, type: string): Op<Axis> {
  return {
    name,
    samples: [
      { shapes: [[7]], attributes: { axis: 0, keepDims: false }, draws: [halves] },
      ...[0, 1, 2].flatMap((axis) => [
        { shapes: [[3, 4, 3]], attributes: { axis, keepDims: true }, draws: [halves] },
        { shapes: [[3, 4, 3]], attributes: { axis, keepDims: false }, draws: [whole("int32", -2, 2)] },
      ]),
    ],
    infer(inputs, { axis, keepDims }) {
      requireType(name, inputs, "float32", "int32");
      return [{ dtype: "int64", shape: reducedShape(inputs[0]!.shape, [axis], keepDims) }];
    },
    emit: (emitter, inputs, { attributes: { axis, keepDims } }) =>
      emitter.node(type, inputs, { axis, keepdims: keepDims ? 1 : 0, select_last_index: 0 }),
    gradient: "none",
  };
}

export const argMinOp = position("argMin", "ArgMin");
export const argMaxOp = position("argMax", "ArgMax");

export const cumSumOp: Op<{ axis: number; reverse: boolean }> = {
  name: "cumSum",
  samples: [
    { shapes: [[2, 3, 2]], attributes: { axis: 1, reverse: false } },
    { shapes: [[4]], attributes: { axis: 0, reverse: true } },
  ],
  infer(inputs) {
    requireType("cumSum", inputs, "float32");
    return [inputs[0]!];
  },
  emit: (emitter, inputs, { attributes: { axis, reverse } }) =>
    emitter.node("CumSum", [inputs[0]!, emitter.constant("int64", [], BigInt64Array.of(BigInt(axis)))], {
      reverse: reverse ? 1 : 0,
    }),
  gradient: ({ attributes: { axis, reverse } }, [g]) => [apply(cumSumOp, [g!], { axis, reverse: !reverse })],
};

function reduce(op: Op<Axes>, x: Tensor, axes: readonly number[] | undefined, keepDims: boolean): Tensor {
  const full = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf(op.name, x, axis));
  // Over no axis each of these ops is the identity.
  return full.length === 0 ? x : apply(op, [x], { axes: full, keepDims });
}

/** Sum over the given axes, over all by default. */
export const sum = (x: Tensor, axes?: readonly number[], keepDims = false): Tensor =>
  reduce(sumOp, x, axes, keepDims);
/** Mean over the given axes, over all by default. */
export const mean = (x: Tensor, axes?: readonly number[], keepDims = false): Tensor =>
  reduce(meanOp, x, axes, keepDims);
/** Largest element over the given axes, over all by default. */
export const reduceMax = (x: Tensor, axes?: readonly number[], keepDims = false): Tensor =>
  reduce(reduceMaxOp, x, axes, keepDims);
/** Smallest element over the given axes, over all by default. */
export const reduceMin = (x: Tensor, axes?: readonly number[], keepDims = false): Tensor =>
  reduce(reduceMinOp, x, axes, keepDims);
/** Index (int64) of the smallest element along an axis; the lowest of equals. */
export const argMin = (x: Tensor, axis: number, keepDims = false): Tensor =>
  apply(argMinOp, [x], { axis: axisOf("argMin", x, axis), keepDims });
/** Index (int64) of the largest element along an axis; the lowest of equals. */
export const argMax = (x: Tensor, axis: number, keepDims = false): Tensor =>
  apply(argMaxOp, [x], { axis: axisOf("argMax", x, axis), keepDims });
/** Running sum along an axis, each element included. */
export const cumSum = (x: Tensor, axis: number): Tensor =>
  apply(cumSumOp, [x], { axis: axisOf("cumSum", x, axis), reverse: false });

/** Sums a broadcast cotangent back to the shape it was broadcast from. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size > 1) ? [axis] : [],
  );
  const summed = axes.length > 0 ? sum(g, axes, false) : g;
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape);
}

function spread(g: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  return expand(reshape(g, reducedShape(shape, axes, true)), shape);
}

function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}
