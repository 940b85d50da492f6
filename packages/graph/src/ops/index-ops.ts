import { real, type Sample, whole } from "../sample.js";
import {
  apply,
  axisOf,
  type Op,
  requireTypeOf,
  type Shape,
  sameShape,
  shapeError,
  sizeOf,
  type Tensor,
} from "../tensor.js";
import { cast, equal } from "./compare.js";
import { reshape, transpose, unsqueeze } from "./shape.js";
import { constant, zeros } from "./source.js";

type None = Record<never, never>;

// The range of indices into an axis of this size.
const place = (dtype: "int32" | "int64", size: number) => whole(dtype, 0, size - 1);

function elementwise(
  x: Shape,
  updates: Shape,
  axis: number,
  dtype: "int32" | "int64",
): Sample<{ axis: number }> {
  return {
    shapes: [x, updates, updates],
    attributes: { axis },
    draws: [real(), place(dtype, x[axis]!), real()],
  };
}

// Elementwise indices may be longer than x on the indexed axis alone.
function reaches(x: Shape, indices: Shape, axis: number): boolean {
  return indices.length === x.length && indices.every((size, i) => i === axis || size <= x[i]!);
}

export const gatherOp: Op<{ axis: number }> = {
  name: "gather",
  samples: [
    { shapes: [[4, 2], [6]], attributes: { axis: 0 }, draws: [real(), place("int64", 4)] },
    {
      shapes: [
        [2, 3, 2],
        [2, 2],
      ],
      attributes: { axis: 1 },
      draws: [real(), place("int32", 3)],
    },
    { shapes: [[2, 4], []], attributes: { axis: 1 }, draws: [real(), place("int64", 4)] },
    { shapes: [[5], [3, 2]], attributes: { axis: 0 }, draws: [whole("int64", -9, 9), place("int64", 5)] },
  ],
  infer(inputs, { axis }) {
    const [x, indices] = inputs as [Tensor, Tensor];
    requireTypeOf("gather", inputs, [indices], "int32", "int64");
    return [
      { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
    ];
  },
  emit: (emitter, inputs, { attributes }) => emitter.node("Gather", inputs, { axis: attributes.axis }),
  gradient: ({ inputs: [x, indices], attributes: { axis } }, [g]) => [
    gatherGradient(x!, indices!, axis, g!),
    undefined,
  ],
};

// The gathered axis is brought to the front, where whole rows can be added.
function gatherGradient(x: Tensor, indices: Tensor, axis: number, g: Tensor): Tensor {
  const outer = x.shape.slice(0, axis);
  const inner = x.shape.slice(axis + 1);
  const count = sizeOf(indices.shape);
  const flat = reshape(g, [sizeOf(outer), count, sizeOf(inner)]);
  const rows = reshape(transpose(flat, [1, 0, 2]), [count, sizeOf(outer) * sizeOf(inner)]);
  const summed = scatterAddRows(zeros([x.shape[axis]!, rows.shape[1]!]), flatIndices(indices), rows);
  const back = transpose(reshape(summed, [x.shape[axis]!, sizeOf(outer), sizeOf(inner)]), [1, 0, 2]);
  return reshape(back, x.shape);
}

function flatIndices(indices: Tensor): Tensor {
  const flat = reshape(indices, [sizeOf(indices.shape)]);
  return flat.dtype === "int64" ? flat : cast(flat, "int64");
}

export const gatherElementsOp: Op<{ axis: number }> = {
  name: "gatherElements",
  samples: [
    {
      shapes: [
        [4, 3],
        [6, 3],
      ],
      attributes: { axis: 0 },
      draws: [real(), place("int64", 4)],
    },
    {
      shapes: [
        [3, 4, 2],
        [2, 5, 1],
      ],
      attributes: { axis: 1 },
      draws: [real(), place("int32", 4)],
    },
  ],
  infer(inputs, { axis }) {
    const [x, indices] = inputs as [Tensor, Tensor];
    requireTypeOf("gatherElements", inputs, [indices], "int32", "int64");
    if (!reaches(x.shape, indices.shape, axis)) {
      throw shapeError("gatherElements", inputs, `indices of x's rank, no larger off axis ${axis}`);
    }
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node("GatherElements", inputs, { axis: attributes.axis }),
  gradient: ({ inputs: [x, indices], attributes: { axis } }, [g]) => [
    scatterAddElements(zeros(x!.shape), indices!, g!, axis),
    undefined,
  ],
};

export const scatterAddRowsOp: Op<None> = {
  name: "scatterAddRows",
  samples: [
    { shapes: [[4, 2], [6], [6, 2]], attributes: {}, draws: [real(), place("int64", 4), real()] },
    { shapes: [[3], [5], [5]], attributes: {}, draws: [real(), place("int64", 3), real()] },
    { shapes: [[5, 2, 2], [1], [1, 2, 2]], attributes: {}, draws: [real(), place("int64", 5), real()] },
  ],
  infer(inputs) {
    const [x, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    requireTypeOf("scatterAddRows", inputs, [indices], "int64");
    requireTypeOf("scatterAddRows", inputs, [x, updates], "float32");
    const wanted = [indices.shape[0]!, ...x.shape.slice(1)];
    if (indices.shape.length !== 1 || !sameShape(updates.shape, wanted)) {
      throw shapeError("scatterAddRows", inputs, "x [R, ...], indices [N], updates [N, ...]");
    }
    return [x];
  },
  emit: (emitter, [x, indices, updates]) => {
    const [column] = emitter.node("Unsqueeze", [indices!, emitter.integers([1])]);
    return emitter.node("ScatterND", [x!, column!, updates!], { reduction: "add" });
  },
  gradient: ({ inputs: [, indices] }, [g]) => [g, undefined, gather(g!, indices!, 0)],
};

export const scatterAddElementsOp: Op<{ axis: number }> = {
  name: "scatterAddElements",
  samples: [
    elementwise([3, 4], [3, 6], 1, "int64"),
    elementwise([3, 2, 2], [5, 1, 2], 0, "int32"),
    elementwise([4], [7], 0, "int64"),
  ],
  infer(inputs, { axis }) {
    const [x, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    requireTypeOf("scatterAddElements", inputs, [indices], "int32", "int64");
    requireTypeOf("scatterAddElements", inputs, [x, updates], "float32");
    if (!sameShape(indices.shape, updates.shape) || !reaches(x.shape, indices.shape, axis)) {
      throw shapeError(
        "scatterAddElements",
        inputs,
        `indices and updates of one shape, of x's rank and no larger off axis ${axis}`,
      );
    }
    return [x];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node("ScatterElements", inputs, { axis: attributes.axis, reduction: "add" }),
  gradient: ({ inputs: [, indices], attributes: { axis } }, [g]) => [
    g,
    undefined,
    gatherElements(g!, indices!, axis),
  ],
};

/**
 * Slices of x along `axis` at these indices, int32 or int64 of any shape; they may repeat, and negative
 * ones count from the back.
 */
export function gather(x: Tensor, indices: Tensor, axis: number): Tensor {
  return apply(gatherOp, [x, indices], { axis: axisOf("gather", x, axis) });
}

/** y[..i..] = x[..indices[i]..] along `axis`, element by element. */
export function gatherElements(x: Tensor, indices: Tensor, axis: number): Tensor {
  return apply(gatherElementsOp, [x, indices], { axis: axisOf("gatherElements", x, axis) });
}

/** x [R, ...] with updates [N, ...] added to the rows indices [N] (int64); repeated rows add up. */
export function scatterAddRows(x: Tensor, indices: Tensor, updates: Tensor): Tensor {
  return apply(scatterAddRowsOp, [x, indices, updates], {});
}

/** x with updates added at indices along `axis`, element by element. */
export function scatterAddElements(x: Tensor, indices: Tensor, updates: Tensor, axis: number): Tensor {
  return apply(scatterAddElementsOp, [x, indices, updates], { axis: axisOf("scatterAddElements", x, axis) });
}

/** float32 [..., depth]: 1 at the index, 0 elsewhere. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  const range = constant(
    Array.from({ length: depth }, (_, i) => i),
    [depth],
    indices.dtype,
  );
  return cast(equal(unsqueeze(indices, [indices.shape.length]), range), "float32");
}
