import { add, div, mul, sqrt, square, sub, type Tensor } from "@nacre/graph";

/** Constants of AdamW (Loshchilov & Hutter 2019, algorithm 2). */
export type AdamWOptions = { beta1: number; beta2: number; epsilon: number; weightDecay: number };

/** What one step reads: all scalars, from the packed table. */
export type AdamWScalars = { stepSize: Tensor; epsilon: Tensor; decay: Tensor };

/** Parameters and both moments; moments are kept unnormalised: m = b1 m + g, v = b2 v + g g. */
export type AdamWState = { value: Tensor; first: Tensor; second: Tensor };

/**
 * One step. The bias corrections and the factors (1 - b) of the usual form are inside `stepSize` and
 * `epsilon`: two passes over the state less.
 *
 * decay  factor of the parameters: 1 - rate * weightDecay, or 1 where none applies
 */
export function adamW(
  { value, first, second }: AdamWState,
  slope: Tensor,
  { stepSize, epsilon, decay }: AdamWScalars,
  { beta1, beta2 }: AdamWOptions,
  decays: boolean,
): AdamWState {
  const nextFirst = add(mul(first, beta1), slope);
  const nextSecond = add(mul(second, beta2), square(slope));
  const change = div(mul(nextFirst, stepSize), add(sqrt(nextSecond), epsilon));
  return { value: sub(decays ? mul(value, decay) : value, change), first: nextFirst, second: nextSecond };
}

/** The scalars of step `step` (from 1) at this learning rate. */
export function adamWScalars(
  step: number,
  rate: number,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
): { stepSize: number; epsilon: number; decay: number } {
  const firstScale = (1 - beta1) / (1 - beta1 ** step);
  const secondScale = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
  return {
    stepSize: (rate * firstScale) / secondScale,
    epsilon: epsilon / secondScale,
    decay: 1 - rate * weightDecay,
  };
}
