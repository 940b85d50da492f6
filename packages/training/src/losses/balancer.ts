import { add, div, gradient, mul, sqrt, square, stopGradient, sub, sum, type Tensor } from "@nacre/graph";

/** One loss on the decoded signal and its share of the gradient there. */
export type WeightedLoss = { name: string; value: Tensor; weight: number };

/**
 * EnCodec's loss balancer (Defossez et al. 2022, eq. 5): each loss' gradient at the decoded signal is
 * divided by a moving average of its own norm, so that weights are shares whatever the losses' scales.
 *
 * losses   scalars that depend on `decoded`
 * decoded  the decoder's output
 * norms    moving averages [losses]
 * decay    scalar; 0 in the first step, so that the average starts at the first norm
 * returns  the cotangent of `decoded` and the next averages
 */
export function balance(
  losses: readonly WeightedLoss[],
  decoded: Tensor,
  norms: readonly Tensor[],
  decay: Tensor,
): { cotangent: Tensor; nextNorms: Tensor[] } {
  const total = losses.reduce((sum, { weight }) => sum + weight, 0);
  const nextNorms: Tensor[] = [];
  const parts = losses.map(({ value, weight }, i) => {
    const [slope] = gradient(value, [decoded]);
    const norm = sqrt(sum(square(slope!)));
    const next = add(mul(norms[i]!, decay), mul(norm, sub(1, decay)));
    nextNorms.push(next);
    return mul(slope!, div(weight / total, add(next, 1e-12)));
  });
  return { cotangent: stopGradient(parts.reduce((a, b) => add(a, b))), nextNorms };
}
