import { NacreError } from "@nacre/errors";
import { add, mul, stopGradient, sub, type Tensor } from "@nacre/graph";
import type { Estimator } from "./estimator.js";
import { checkRows } from "./plane-map.js";

/**
 * How one estimator is laid over a residual stack of L layers.
 *
 * "per-layer"  every layer has its own map, from its residual to its entry; residuals are detached
 *              from the lower layers, so the latent sees the SUM of L maps (L times the gradient of
 *              one straight-through)
 * "whole"      one map, from the latent to the sum of all entries
 */
export type Composition = "per-layer" | "whole";

/** Every composition, for option checks and help. */
export const compositions: readonly Composition[] = ["per-layer", "whole"];

/**
 * Joins the layers of a residual stack, graph form.
 *
 * latent   float32 [N, D]
 * layers   the chosen entries of each layer, float32 [N, D] each, at least one
 * masks    per layer float32 [N, 1], 1 where the row uses it and 0 where not; all ones by default.
 *          Lower layers count in full in the residuals, used or not: a row uses a prefix.
 * returns  [N, D], the sum of the used entries in layer order, exactly; its gradient goes to the
 *          latent alone
 * throws   NacreError "option" for an unknown composition or an empty stack
 */
export function composeResidual(
  estimator: Estimator,
  composition: Composition,
  latent: Tensor,
  layers: readonly Tensor[],
  masks?: readonly Tensor[],
): Tensor {
  checkStack(composition, layers.length);
  const masked = (value: Tensor, layer: number) => (masks ? mul(value, masks[layer]!) : value);
  if (composition === "whole") return estimator.estimate(latent, layers.map(masked).reduce(addTensors));
  let lower: Tensor | undefined;
  const estimated = layers.map((quantized, layer) => {
    const residual = lower ? sub(latent, stopGradient(lower)) : latent;
    lower = lower ? add(lower, quantized) : quantized;
    return masked(estimator.estimate(residual, quantized), layer);
  });
  return estimated.reduce(addTensors);
}

/** A residual stack as arrays: latent [n, d] and the chosen entries of each layer, [n, d] each. */
export type ResidualStack = {
  latent: Float32Array;
  layers: readonly Float32Array[];
  n: number;
  d: number;
};

/**
 * Gradient at the latent for a gradient g [n, d] at the sum of all entries, array form.
 * throws NacreError "option" as composeResidual, "shape" when a length is not n * d
 */
export function composeResidualVjp(
  estimator: Estimator,
  composition: Composition,
  stack: ResidualStack,
  g: Float32Array,
): Float32Array {
  return totalOverPairs(composition, stack, (e, q) => estimator.vjp(e, q, g, stack.n, stack.d));
}

/**
 * Move of the sum of all entries for a move v [n, d] of the latent, array form.
 * throws NacreError "option" as composeResidual, "shape" when a length is not n * d
 */
export function composeResidualJvp(
  estimator: Estimator,
  composition: Composition,
  stack: ResidualStack,
  v: Float32Array,
): Float32Array {
  return totalOverPairs(composition, stack, (e, q) => estimator.jvp(e, q, v, stack.n, stack.d));
}

function totalOverPairs(
  composition: Composition,
  { latent, layers, n, d }: ResidualStack,
  move: (e: Float32Array, q: Float32Array) => Float32Array,
): Float32Array {
  checkStack(composition, layers.length);
  checkRows({ latent }, n, d);
  const lower = new Float32Array(n * d);
  const total = new Float32Array(n * d);
  for (const quantized of layers) {
    if (composition === "per-layer")
      addInto(
        total,
        move(
          latent.map((x, i) => x - lower[i]!),
          quantized,
        ),
      );
    checkRows({ layer: quantized }, n, d);
    addInto(lower, quantized);
  }
  return composition === "whole" ? move(latent, lower) : total;
}

function checkStack(composition: Composition, layers: number): void {
  if (compositions.includes(composition) && layers > 0) return;
  throw new NacreError("option", {
    found: `composition "${composition}" of ${layers} layers`,
    expected: `one of ${compositions.join(", ")} of at least one layer`,
  });
}

const addTensors = (a: Tensor, b: Tensor): Tensor => add(a, b);

function addInto(total: Float32Array, part: Float32Array): void {
  for (let i = 0; i < total.length; i++) total[i] = total[i]! + part[i]!;
}
