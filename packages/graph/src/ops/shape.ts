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
import { gather } from "./index-ops.js";
import { sumTo } from "./reduce.js";
import { constant, zeros } from "./source.js";

export const reshapeOp: Op<{ shape: Shape }> = {
  name: "reshape",
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

type Range = { axis: number; start: number; end: number; step: number };

export const sliceOp: Op<Range> = {
  name: "slice",
  infer(inputs, range) {
    const { dtype, shape } = inputs[0]!;
    return [{ dtype, shape: shape.with(range.axis, rangeLength(range)) }];
  },
  emit: (emitter, [x], { attributes: { axis, start, end, step } }) => {
    // ONNX counts -1 from the back; an end before the first element is written as far below zero.
    const last = end < 0 ? -(2 ** 31) : end;
    const [starts, ends, axes, steps] = [[start], [last], [axis], [step]].map(emitter.integers);
    return emitter.node("Slice", [x!, starts!, ends!, axes!, steps!]);
  },
  gradient: ({ inputs: [x], attributes }, [g]) => [unslice(g!, x!.shape, attributes)],
};

// Puts back what a slice took, zeros elsewhere: flip, insert step - 1 zeros after each, pad.
function unslice(g: Tensor, shape: Shape, { axis, start, step, ...range }: Range): Tensor {
  const length = rangeLength({ axis, start, step, ...range });
  const stride = Math.abs(step);
  const forward = step > 0 ? g : slice(g, axis, length - 1, -length - 1, -1);
  const first = step > 0 ? start : start - (length - 1) * stride;
  const opened = stride === 1 ? forward : withGaps(forward, axis, stride);
  const after = shape[axis]! - first - length * stride;
  return pad(
    opened,
    shape.map((_, i) => (i === axis ? [first, after] : [0, 0])),
  );
}

function withGaps(x: Tensor, axis: number, stride: number): Tensor {
  const open = unsqueeze(x, [axis + 1]);
  const padded = pad(
    open,
    open.shape.map((_, i) => (i === axis + 1 ? [0, stride - 1] : [0, 0])),
  );
  return reshape(padded, x.shape.with(axis, x.shape[axis]! * stride));
}

function rangeLength({ start, end, step }: Range): number {
  return Math.max(0, Math.ceil((end - start) / step));
}

type Amounts = readonly (readonly [number, number] | readonly number[])[];

export const padOp: Op<{ amounts: Amounts; value: number }> = {
  name: "pad",
  infer(inputs, { amounts }) {
    const { dtype, shape } = inputs[0]!;
    if (dtype !== "float32" || amounts.length !== shape.length) {
      throw shapeError("pad", inputs, "float32 and [before, after] for every axis");
    }
    return [{ dtype, shape: shape.map((size, axis) => size + amounts[axis]![0]! + amounts[axis]![1]!) }];
  },
  emit: (emitter, inputs, { attributes: { amounts, value } }) =>
    emitter.node("Pad", [
      inputs[0]!,
      emitter.integers([...amounts.map(([before]) => before!), ...amounts.map(([, after]) => after!)]),
      emitter.constant("float32", [], Float32Array.of(value)),
    ]),
  gradient: ({ attributes: { amounts } }, [g]) => [
    pad(
      g!,
      amounts.map(([before, after]) => [-before! || 0, -after! || 0]),
    ),
  ],
};

export const expandOp: Op<{ shape: Shape }> = {
  name: "expand",
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
  return xs.length === 1 ? xs[0]! : apply(concatOp, xs, { axis: axisOf("concat", xs[0]!, axis) });
}

/** Cuts a tensor along an axis into pieces of these sizes. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  if (sizes.length === 1 && sizes[0] === x.shape[axisOf("split", x, axis)]) return [x];
  return [...applyAll(splitOp, [x], { sizes, axis: axisOf("split", x, axis) })];
}

/**
 * Elements start, start + step ... before `end` along one axis, as in numpy: negative positions count
 * from the back, positions beyond the ends are clamped.
 */
export function slice(x: Tensor, axis: number, start: number, end: number, step = 1): Tensor {
  const along = axisOf("slice", x, axis);
  const size = x.shape[along]!;
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
  const place = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const range = { axis: along, start: place(start), end: place(end), step };
  const whole = step === 1 && range.start === 0 && range.end === size;
  return whole ? x : apply(sliceOp, [x], range);
}

/**
 * Adds elements around a tensor.
 *
 * amounts  [before, after] for every axis; negative ones crop (mode "constant" only)
 * mode     "constant" (`value`, 0 by default), "edge" (repeats the outermost) or "reflect" (without it)
 */
export function pad(
  x: Tensor,
  amounts: Amounts,
  { mode = "constant", value = 0 }: { mode?: "constant" | "edge" | "reflect"; value?: number } = {},
): Tensor {
  if (amounts.every(([before, after]) => before === 0 && after === 0)) return x;
  if (mode === "constant") return apply(padOp, [x], { amounts, value });
  return amounts.reduce((padded, [before, after], axis) => mirrored(padded, axis, before!, after!, mode), x);
}

function mirrored(x: Tensor, axis: number, before: number, after: number, mode: "edge" | "reflect"): Tensor {
  if (before === 0 && after === 0) return x;
  const size = x.shape[axis]!;
  if (before < 0 || after < 0 || (mode === "reflect" && Math.max(before, after) >= size)) {
    throw shapeError(
      "pad",
      [x],
      `amounts of ${mode} padding from 0 to ${size - 1} instead of ${before}, ${after}`,
    );
  }
  const indices = Array.from({ length: before + size + after }, (_, i) => {
    const at = i - before;
    if (mode === "edge") return Math.min(Math.max(at, 0), size - 1);
    return at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
  });
  return gather(x, constant(indices, [indices.length], "int64"), axis);
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

/** Inserts axes of size 1 at these places of the result. */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  const shape = [...x.shape];
  for (const axis of axes.toSorted((a, b) => a - b)) shape.splice(axis, 0, 1);
  return reshape(x, shape);
}

/** Repeats the whole tensor along each axis so many times. */
export function tile(x: Tensor, repeats: readonly number[]): Tensor {
  return repeats.reduce((tiled, count, axis) => concat(Array<Tensor>(count).fill(tiled), axis), x);
}
