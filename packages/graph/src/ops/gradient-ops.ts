import { apply, type Op, sameShape, shapeError, type Tensor } from "../tensor.js";

// Both emit nothing: the output is another name of the first input.

export const stopGradientOp: Op<Record<never, never>> = {
  name: "stopGradient",
  infer: ([x]) => [x!],
  emit: (_emitter, [x]) => [x!],
  gradient: "none",
};

type Pullback = (cotangent: Tensor) => (Tensor | undefined)[];

export const customGradientOp: Op<{ pullback: Pullback }> = {
  name: "customGradient",
  infer: ([value]) => [value!],
  emit: (_emitter, [value]) => [value!],
  gradient: ({ inputs, attributes }, [g]) => {
    const back = attributes.pullback(g!);
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
