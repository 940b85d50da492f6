import {
  apply,
  axisOf,
  type Op,
  requireType,
  sameShape,
  shapeError,
  sizeOf,
  type Tensor,
} from "../tensor.js";
import { cast, equal } from "./compare.js";
import { reshape, transpose, unsqueeze } from "./shape.js";
import { constant, zeros } from "./source.js";

type None = Record<never, never>;

export const gatherOp: Op<{ axis: number }> = {
  name: "gather",
  infer(inputs, { axis }) {
    const [x, indices] = inputs as [Tensor, Tensor];
    requireType("gather", [indices], "int32", "int64");
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
  const summed = scatterAddRows(zeros([x.shape[axis]!, rows.shape[1]!]), reshape(indices, [count]), rows);
  const back = transpose(reshape(summed, [x.shape[axis]!, sizeOf(outer), sizeOf(inner)]), [1, 0, 2]);
  return reshape(back, x.shape);
}

export const gatherElementsOp: Op<{ axis: number }> = {
  name: "gatherElements",
  infer(inputs) {
    const [x, indices] = inputs as [Tensor, Tensor];
    requireType("gatherElements", [indices], "int32", "int64");
    if (indices.shape.length !== x.shape.length)
      throw shapeError("gatherElements", inputs, "indices of the same rank");
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
  infer(inputs) {
    const [x, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    requireType("scatterAddRows", [indices], "int64");
    requireType("scatterAddRows", [x, updates], "float32");
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
  infer(inputs) {
    const [x, indices, updates] = inputs as [Tensor, Tensor, Tensor];
    requireType("scatterAddElements", [indices], "int32", "int64");
    if (!sameShape(indices.shape, updates.shape) || x.shape.length !== updates.shape.length) {
      throw shapeError("scatterAddElements", inputs, "indices and updates of one shape, of x's rank");
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

/** Slices of x along `axis` at these indices (int32 or int64, any shape); repeated ones are allowed. */
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
