import { bool, real, whole } from "../sample.js";
import {
  apply,
  applyAll,
  axisOf,
  broadcastShape,
  type Op,
  type Shape,
  sameShape,
  shapeError,
  sizeOf,
  type Tensor,
} from "../tensor.js";
import { sumTo } from "./reduce.js";
import { zeros } from "./source.js";

// Ops that move elements move those of every type.
const everyType = [real(), whole("int32", -9, 9), whole("int64", -9, 9), bool];
const moved = <A>(shape: Shape, attributes: A) =>
  everyType.map((draw) => ({ shapes: [shape], attributes, draws: [draw] }));

export const reshapeOp: Op<{ shape: Shape }> = {
  name: "reshape",
  samples: [{ shapes: [[]], attributes: { shape: [1, 1] } }, ...moved([2, 3, 4], { shape: [6, 4] })],
  infer(inputs, { shape }) {
    const [x] = inputs;
    if (sizeOf(x!.shape) !== sizeOf(shape)) {
      throw shapeError("reshape", inputs, `as many elements as [${shape.join(", ")}] has`);
    }
    return [{ dtype: x!.dtype, shape }];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node("Reshape", [inputs[0]!, emitter.integers(attributes.shape)]),
  gradient: ({ inputs: [x] }, [g]) => [reshape(g!, x!.shape)],
};

export const transposeOp: Op<{ permutation: readonly number[] }> = {
  name: "transpose",
  samples: [
    { shapes: [[2, 3, 4]], attributes: { permutation: [2, 0, 1] } },
    { shapes: [[2, 3, 4, 2]], attributes: { permutation: [0, 3, 1, 2] } },
    ...moved([2, 3], { permutation: [1, 0] }),
  ],
  infer(inputs, { permutation }) {
    const [x] = inputs;
    const sorted = permutation.toSorted((a, b) => a - b);
    if (sorted.length !== x!.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw shapeError("transpose", inputs, `each axis once instead of [${permutation.join(", ")}]`);
    }
    return [{ dtype: x!.dtype, shape: permutation.map((axis) => x!.shape[axis]!) }];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node("Transpose", inputs, { perm: attributes.permutation }),
  gradient: ({ attributes: { permutation } }, [g]) => [
    transpose(
      g!,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
};

export const concatOp: Op<{ axis: number }> = {
  name: "concat",
  samples: [
    {
      shapes: [
        [2, 3],
        [1, 3],
        [4, 3],
      ],
      attributes: { axis: 0 },
    },
    {
      shapes: [
        [2, 1, 3],
        [2, 2, 3],
      ],
      attributes: { axis: 1 },
    },
    ...everyType.map((draw) => ({
      shapes: [
        [2, 1],
        [2, 3],
      ],
      attributes: { axis: 1 },
      draws: [draw, draw],
    })),
  ],
  infer(inputs, { axis }) {
    const [first] = inputs;
    for (const { dtype, shape } of inputs) {
      const others = shape.map((size, i) => (i === axis ? first!.shape[i]! : size));
      if (dtype !== first!.dtype || !sameShape(others, first!.shape)) {
        throw shapeError("concat", inputs, `one type and equal sizes on every axis but ${axis}`);
      }
    }
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return [{ dtype: first!.dtype, shape: first!.shape.with(axis, total) }];
  },
  emit: (emitter, inputs, { attributes }) => emitter.node("Concat", inputs, { axis: attributes.axis }),
  gradient: ({ inputs, attributes: { axis } }, [g]) =>
    split(
      g!,
      inputs.map(({ shape }) => shape[axis]!),
      axis,
    ),
};

export const splitOp: Op<{ sizes: readonly number[]; axis: number }> = {
  name: "split",
  samples: [
    { shapes: [[6, 2]], attributes: { sizes: [1, 3, 2], axis: 0 } },
    { shapes: [[2, 5, 2]], attributes: { sizes: [4, 1], axis: 1 } },
    ...moved([2, 3], { sizes: [2, 1], axis: 1 }),
  ],
  infer(inputs, { sizes, axis }) {
    const { dtype, shape } = inputs[0]!;
    if (sizes.reduce((sum, size) => sum + size, 0) !== shape[axis]) {
      throw shapeError("split", inputs, `sizes [${sizes.join(", ")}] that add up on axis ${axis}`);
    }
    return sizes.map((size) => ({ dtype, shape: shape.with(axis, size) }));
  },
  emit: (emitter, inputs, { attributes: { sizes, axis } }) =>
    emitter.node("Split", [inputs[0]!, emitter.integers(sizes)], { axis }, sizes.length),
  gradient: ({ outputs, attributes: { axis } }, cotangents) => [
    concat(
      outputs.map(({ shape }, i) => cotangents[i] ?? zeros(shape)),
      axis,
    ),
  ],
};

export const expandOp: Op<{ shape: Shape }> = {
  name: "expand",
  samples: [
    { shapes: [[3, 1]], attributes: { shape: [2, 3, 4] } },
    { shapes: [[]], attributes: { shape: [2, 2] } },
    ...moved([1, 3], { shape: [2, 3] }),
  ],
  infer(inputs, { shape }) {
    const [x] = inputs;
    const target = { dtype: x!.dtype, shape };
    if (!sameShape(broadcastShape("expand", x!, target), shape))
      throw shapeError("expand", inputs, `[${shape}]`);
    return [target];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node("Expand", [inputs[0]!, emitter.integers(attributes.shape)]),
  gradient: ({ inputs: [x] }, [g]) => [sumTo(g!, x!.shape)],
};

/** The same elements in another shape; one size may be -1 and is worked out. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const full = shape.map((size) => (size === -1 ? sizeOf(x.shape) / known : size));
  return sameShape(full, x.shape) ? x : apply(reshapeOp, [x], { shape: full });
}

/** Axes in another order: axis i of the result is axis permutation[i] of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return apply(transposeOp, [x], { permutation });
}

/** Tensors one after another along an axis. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  if (xs.length === 0) throw shapeError("concat", xs, "at least one tensor");
  return xs.length === 1 ? xs[0]! : apply(concatOp, xs, { axis: axisOf("concat", xs[0]!, axis) });
}

/** Cuts a tensor along an axis into pieces of these sizes. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  if (sizes.length === 1 && sizes[0] === x.shape[axisOf("split", x, axis)]) return [x];
  return [...applyAll(splitOp, [x], { sizes, axis: axisOf("split", x, axis) })];
}

/** Repeats a tensor along axes of size 1 (and new leading ones) to this shape. */
export function expand(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply(expandOp, [x], { shape });
}

/** Removes axes of size 1. */
export function squeeze(x: Tensor, axes: readonly number[]): Tensor {
  const gone = axes.map((axis) => axisOf("squeeze", x, axis));
  if (gone.some((axis) => x.shape[axis] !== 1)) throw shapeError("squeeze", [x], `size 1 on axes ${axes}`);
  return reshape(
    x,
    x.shape.filter((_, axis) => !gone.includes(axis)),
  );
}

/** Inserts axes of size 1 at these places of the result; negative ones count from its back. */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.shape.length + axes.length;
  const places = axes.map((axis) => (axis < 0 ? axis + rank : axis)).toSorted((a, b) => a - b);
  if (
    new Set(places).size < places.length ||
    places.some((axis) => !(axis >= 0 && axis < rank && Number.isInteger(axis)))
  ) {
    throw shapeError("unsqueeze", [x], `different axes of a result of rank ${rank} instead of [${axes}]`);
  }
  const shape = [...x.shape];
  for (const axis of places) shape.splice(axis, 0, 1);
  return reshape(x, shape);
}

/** Repeats the whole tensor along each axis so many times. */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  if (repeats.length !== x.shape.length || repeats.some((count) => !Number.isInteger(count) || count < 1)) {
    throw shapeError("tile", [x], `a count of at least 1 for every axis instead of [${repeats}]`);
  }
  return repeats.reduce((tiled, count, axis) => concat(Array<Tensor>(count).fill(tiled), axis), x);
}
