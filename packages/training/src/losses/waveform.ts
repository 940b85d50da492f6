import { abs, add, div, log, mean, mul, neg, square, sub, sum, type Tensor } from "@nacre/graph";

/** Mean absolute difference of samples [B, S]; a scalar. */
export function waveformLoss(reference: Tensor, estimate: Tensor): Tensor {
  return mean(abs(sub(estimate, reference)));
}

/**
 * Scale-invariant signal-to-distortion ratio (Le Roux et al. 2019, eq. 1), negated so that less is better.
 *
 * reference, estimate  samples [B, S]
 * returns              scalar, dB, mean over the batch
 */
export function siSdrLoss(reference: Tensor, estimate: Tensor): Tensor {
  const tiny = 1e-7;
  const scale = div(sum(mul(reference, estimate), [1], true), add(sum(square(reference), [1], true), tiny));
  const target = mul(reference, scale);
  const ratio = div(add(sum(square(target), [1]), tiny), add(sum(square(sub(estimate, target)), [1]), tiny));
  return neg(mul(mean(log(ratio)), 10 / Math.LN10));
}
