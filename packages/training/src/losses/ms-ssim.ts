import { NacreError } from "@nacre/errors";
import {
  add,
  concat,
  constant,
  conv,
  div,
  exp,
  log,
  max,
  mean,
  mul,
  reshape,
  split,
  sub,
  type Tensor,
} from "@nacre/graph";

/** Of the full size and of each half of the one before (Wang, Simoncelli & Bovik 2003, section 3.2). */
const weights: readonly number[] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const [windowSize, deviation] = [11, 1.5];
/** (K peak)^2 of luminance and of contrast, for a peak of 1. */
const [luminance, contrast] = [0.01 ** 2, 0.03 ** 2];
/** A similarity below this counts as this: its logarithm has to stay finite. */
const least = 1e-3;

/**
 * Multi-scale structural similarity as part of a step (Wang, Simoncelli & Bovik 2003, equation 7): the measure of
 * `metrics`, of each item, with a gradient to both pictures.
 *
 * reference, estimate  [B, 3, side, side], a peak of 1; side a multiple of 16, at least 176
 * returns              [B], 0 .. 1, the mean over colours
 * throws               NacreError "shape" for other shapes
 */
export function msSsim(reference: Tensor, estimate: Tensor): Tensor {
  checkShapes(reference.shape, estimate.shape);
  let [x, y] = [reference, estimate];
  let exponent: Tensor | undefined;
  for (const [scale, weight] of weights.entries()) {
    const last = scale === weights.length - 1;
    const value = similarity(x, y, last);
    const part = mul(log(max(value, least)), weight);
    exponent = exponent ? add(exponent, part) : part;
    if (!last) [x, y] = [halved(x), halved(y)];
  }
  return mean(exp(exponent!), [1]);
}

/** [B, C]: means over places of contrast and structure, and at the last scale of luminance too. */
function similarity(x: Tensor, y: Tensor, whole: boolean): Tensor {
  const count = x.shape[1]!;
  const moments = concat([x, y, add(mul(x, x), mul(y, y)), mul(x, y)], 1);
  const [mx, my, squares, product] = split(blurred(moments), [count, count, count, count], 1) as Tensor[];
  const both = mul(mx!, my!);
  const lengths = add(mul(mx!, mx!), mul(my!, my!));
  const covariance = mul(sub(product!, both), 2);
  const structure = div(add(covariance, contrast), add(sub(squares!, lengths), contrast));
  if (!whole) return mean(structure, [2, 3]);
  const light = div(add(mul(both, 2), luminance), add(lengths, luminance));
  return mean(mul(structure, light), [2, 3]);
}

/** Every plane under the Gaussian window, where it fits whole. */
function blurred(planes: Tensor): Tensor {
  const count = planes.shape[1]!;
  const taps = Float32Array.from({ length: windowSize }, (_, i) =>
    Math.exp(-((i - (windowSize - 1) / 2) ** 2) / (2 * deviation ** 2)),
  );
  const total = taps.reduce((a, b) => a + b);
  const all = Float32Array.from({ length: count * windowSize }, (_, i) => taps[i % windowSize]! / total);
  const across = conv(planes, constant(all, [count, 1, 1, windowSize]), { groups: count });
  return conv(across, constant(all, [count, 1, windowSize, 1]), { groups: count });
}

function halved(planes: Tensor): Tensor {
  const [batch, count, height, width] = planes.shape as [number, number, number, number];
  return mean(reshape(planes, [batch, count, height / 2, 2, width / 2, 2]), [3, 5]);
}

function checkShapes(reference: readonly number[], estimate: readonly number[]): void {
  const [, , height = 0, width = 0] = reference;
  const halves = 2 ** (weights.length - 1);
  const fits = (side: number) => side % halves === 0 && side / halves >= windowSize;
  if (reference.length === 4 && reference.join() === estimate.join() && fits(height) && fits(width)) return;
  throw new NacreError("shape", {
    found: `pictures [${reference}] and [${estimate}]`,
    expected: `two alike, sides multiples of ${halves} and at least ${halves * windowSize}`,
  });
}
