import { NacreError } from "@nacre/errors";
import { apply, type Op, requireType, sameShape, shapeError, type Tensor } from "../tensor.js";

type None = Record<never, never>;

/** Inference alone: no network that we train has one, and a gradient through it would be a loop of its own. */
export const lstmOp: Op<None> = {
  name: "lstm",
  samples: [
    {
      shapes: [
        [4, 1, 3],
        [1, 8, 3],
        [1, 8, 2],
        [1, 16],
      ],
      attributes: {},
    },
    {
      shapes: [
        [1, 2, 2],
        [1, 4, 2],
        [1, 4, 1],
        [1, 8],
      ],
      attributes: {},
    },
    {
      shapes: [
        [5, 2, 3],
        [1, 12, 3],
        [1, 12, 3],
        [1, 24],
      ],
      attributes: {},
    },
  ],
  infer(inputs) {
    requireType("lstm", inputs, "float32");
    const [x, w, r, bias] = inputs as [Tensor, Tensor, Tensor, Tensor];
    const [steps, batch, width] = x.shape;
    const hidden = r.shape[2] ?? 0;
    const fits =
      x.shape.length === 3 &&
      sameShape(w.shape, [1, 4 * hidden, width!]) &&
      sameShape(r.shape, [1, 4 * hidden, hidden]) &&
      sameShape(bias.shape, [1, 8 * hidden]);
    if (!fits) throw shapeError("lstm", inputs, "x [T, B, I], w [1, 4H, I], r [1, 4H, H], bias [1, 8H]");
    return [{ dtype: "float32", shape: [steps!, 1, batch!, hidden] }];
  },
  emit: (emitter, inputs, { inputs: [, , r] }) => emitter.node("LSTM", inputs, { hidden_size: r!.shape[2]! }),
  gradient() {
    throw new NacreError("option", {
      found: "a gradient through lstm",
      expected: "a network whose ops can be trained",
      mend: "leave this part fixed: put stopGradient behind it, or take its parameters out of wrt",
    });
  },
};

/**
 * A long short-term memory over the first axis, from an empty state (Hochreiter & Schmidhuber 1997). Its gates
 * lie in the order input, output, forget, cell, as ONNX has them. It runs, and cannot be trained.
 *
 * x        [T, B, I]
 * w, r     [1, 4H, I] and [1, 4H, H], what the input and the state before weigh
 * bias     [1, 8H], that of the input, then that of the state
 * returns  [T, 1, B, H]
 */
export function lstm(x: Tensor, w: Tensor, r: Tensor, bias: Tensor): Tensor {
  return apply(lstmOp, [x, w, r, bias], {});
}
