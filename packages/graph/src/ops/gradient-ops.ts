import { real, unarySamples } from "../sample.js";
import { apply, type Op, sameShape, shapeError, type Tensor } from "../tensor.js";

// Both emit nothing: the output is another name of the first input.

export const stopGradientOp: Op<Record<never, never>> = {
  name: "stopGradient",
  samples: unarySamples(real()),
  infer: ([x]) => [x!],
  emit: (_emitter, [x]) => [x!],
  gradient: "none",
};

type Pullback = (cotangent: Tensor) => (Tensor | undefined)[];

export const customGradientOp: Op<{ pullback: Pullback }> = {
  name: "customGradient",
  samples: [
    {
      shapes: [
        [2, 3],
        [2, 3],
      ],
      attributes: { pullback: (g) => [g] },
    },
  ],
  infer: ([value]) => [value!],
  emit: (_emitter, [value]) => [value!],
  gradient: ({ inputs, attributes }, [g]) => {
    const back = attributes.pullback(g!);
    if (back.length !== inputs.length - 1) {
      throw shapeError("customGradient", inputs.slice(1), `a cotangent for each instead of ${back.length}`);
    }
    back.forEach((each, i) => {
      const to = inputs[i + 1]!;
      if (each && !sameShape(each.shape, to.shape))
        throw shapeError("customGradient", [to, each], "equal shapes");
    });
    return [undefined, ...back];
  },
};

/** The same value, a constant to differentiation. */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientOp, [x], {});
}

/**
 * A tensor whose value is `value`, exactly, and whose gradient goes to `inputs` alone, by `pullback`.
 *
 * pullback  from the cotangent of value to one cotangent per input (undefined: none)
 */
export function customGradient(value: Tensor, inputs: readonly Tensor[], pullback: Pullback): Tensor {
  return apply(customGradientOp, [value, ...inputs], { pullback });
}
