import { bool, whole } from "../sample.js";
import { apply, axisOf, type Op, type Shape, shapeError, type Tensor } from "../tensor.js";
import { gather } from "./index-ops.js";
import { reshape, unsqueeze } from "./shape.js";
import { constant } from "./source.js";

type Range = { axis: number; start: number; end: number; step: number };

export const sliceOp: Op<Range> = {
  name: "slice",
  samples: [
    { shapes: [[7, 2]], attributes: { axis: 0, start: 1, end: 6, step: 1 } },
    { shapes: [[2, 7]], attributes: { axis: 1, start: 1, end: 7, step: 2 } },
    { shapes: [[2, 7]], attributes: { axis: 1, start: 0, end: 6, step: 4 } },
    { shapes: [[2, 7, 2]], attributes: { axis: 1, start: 6, end: -1, step: -1 } },
    { shapes: [[8]], attributes: { axis: 0, start: 6, end: 0, step: -3 } },
    { shapes: [[8]], attributes: { axis: 0, start: 5, end: -1, step: -2 } },
    ...[whole("int32", -9, 9), whole("int64", -9, 9), bool].map((draw) => ({
      shapes: [[5]],
      attributes: { axis: 0, start: 4, end: 1, step: -2 },
      draws: [draw],
    })),
  ],
  infer(inputs, range) {
    if (!Number.isInteger(range.step) || range.step === 0 || !Number.isInteger(range.start - range.end)) {
      throw shapeError("slice", inputs, "whole numbers, and a step that is not 0");
    }
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
  samples: [
    {
      shapes: [[2, 3]],
      attributes: {
        amounts: [
          [1, 0],
          [2, 3],
        ],
        value: 0,
      },
    },
    { shapes: [[4]], attributes: { amounts: [[2, 1]], value: -1.5 } },
    {
      shapes: [[4, 5]],
      attributes: {
        amounts: [
          [-1, -2],
          [0, -3],
        ],
        value: 0,
      },
    },
    {
      shapes: [[2, 5]],
      attributes: {
        amounts: [
          [0, 0],
          [-2, 3],
        ],
        value: 7,
      },
    },
    {
      shapes: [[1, 2, 5]],
      attributes: {
        amounts: [
          [0, 0],
          [1, 1],
          [2, -4],
        ],
        value: 0,
      },
    },
  ],
  infer(inputs, { amounts }) {
    const { dtype, shape } = inputs[0]!;
    if (dtype !== "float32" || amounts.length !== shape.length) {
      throw shapeError("pad", inputs, "float32 and [before, after] for every axis");
    }
    const left = shape.map(
      (size, axis) => size + amounts[axis]!.reduce((sum, each) => sum + Math.min(each, 0), 0),
    );
    if (!amounts.flat().every(Number.isInteger) || left.some((size) => size < 1)) {
      throw shapeError(
        "pad",
        inputs,
        `whole amounts that leave an element instead of [${amounts.join("], [")}]`,
      );
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
