import { NacreError } from "@nacre/errors";
import {
  abs,
  add,
  cast,
  clip,
  concat,
  div,
  equal,
  floor,
  mean,
  mul,
  neg,
  reshape,
  sign,
  slice,
  split,
  square,
  stopGradient,
  sub,
  type Tensor,
  where,
} from "@nacre/graph";
import { checkRounding } from "./array.js";

/** reach and deadZone as in the array form. */
export type ScalarRounding = { reach: number; deadZone?: number };

/**
 * quantized          [N, D], exactly the sum of the used layers' points in layer order
 * codes              [L] of [N, D], float32 multiples -K .. K, of every layer, used or not; their gradient is
 *                    that of the residual over the step, for what a code costs
 * quantizationError  [L], mean squared error per value of the first layers up to this one, over all rows
 */
export type ResidualScalarTraining = { quantized: Tensor; codes: Tensor[]; quantizationError: Tensor };

/**
 * Residual scalars as part of a training step, with layer dropout.
 *
 * The gradient of `quantized` is straight-through to the latent, once for all layers. To the steps it is
 * that of learned step sizes (Esser et al. 2020, arXiv 1902.08153, equation 3): only the step of a row's
 * last used layer decides what is left over, and gets (code - residual / step).
 *
 * latent     float32 [N, D]
 * layerMask  float32 [N, L], 1 where the row uses the layer; each row a prefix of ones (`layerCountMask`)
 * steps      float32 [L, D], positive
 * throws     NacreError "shape" when they do not fit, "option" for a bad rounding
 */
export function residualScalarTraining(
  latent: Tensor,
  layerMask: Tensor,
  steps: Tensor,
  rounding: ScalarRounding,
): ResidualScalarTraining {
  checkRounding(rounding);
  const layers = checkShapes(latent, layerMask, steps);
  const masks = [...columns(layerMask, layers), undefined];
  const codes: Tensor[] = [];
  const errors: Tensor[] = [];
  let [below, total]: (Tensor | undefined)[] = [];
  let slope = latent;
  for (let layer = 0; layer < layers; layer++) {
    const step = slice(steps, 0, layer, layer + 1);
    const scaled = div(below ? sub(latent, stopGradient(below)) : latent, step);
    const whole = stopGradient(rounded(scaled, rounding));
    const point = mul(whole, stopGradient(step));
    const used = mul(point, masks[layer]!);
    below = below ? add(below, point) : point;
    total = total ? add(total, used) : used;
    const rest = sub(whole, stopGradient(scaled));
    slope = add(slope, mul(mul(step, rest), lastOf(masks[layer]!, masks[layer + 1])));
    codes.push(add(whole, sub(scaled, stopGradient(scaled))));
    errors.push(reshape(mean(square(sub(stopGradient(latent), below))), [1]));
  }
  return {
    // The difference is zero in value and carries the gradient.
    quantized: add(stopGradient(total!), sub(slope, stopGradient(slope))),
    codes,
    quantizationError: concat(errors, 0),
  };
}

/**
 * Codes of every layer, for an encoder's exported graph.
 *
 * latent   float32 [N, D]
 * steps    float32 [L, D]
 * returns  int64 [N, L, D], 0 .. 2 K, the array form's
 */
export function residualScalarInference(latent: Tensor, steps: Tensor, rounding: ScalarRounding): Tensor {
  checkRounding(rounding);
  const layers = stepLayers(latent, steps);
  const [rows, width] = latent.shape as [number, number];
  const codes: Tensor[] = [];
  let below: Tensor | undefined;
  for (let layer = 0; layer < layers; layer++) {
    const step = slice(steps, 0, layer, layer + 1);
    const whole = rounded(div(below ? sub(latent, below) : latent, step), rounding);
    const point = mul(whole, step);
    below = below ? add(below, point) : point;
    codes.push(reshape(cast(add(whole, rounding.reach), "int64"), [rows, 1, width]));
  }
  return concat(codes, 1);
}

/**
 * The sum of the points of all layers, for a decoder's exported graph.
 *
 * codes    int32 or int64 [N, L * D], layer after layer, 0 .. 2 K; 2 K + 1 stands for a layer that is not used
 * steps    float32 [L, D]
 * returns  float32 [N, D], the array form's values bit for bit
 */
export function residualScalarDequantize(codes: Tensor, steps: Tensor, { reach }: ScalarRounding): Tensor {
  const [layers, width] = steps.shape as [number, number];
  if (codes.shape.length !== 2 || codes.shape[1] !== layers * width) {
    throw new NacreError("shape", { found: `codes [${codes.shape}]`, expected: `[rows, ${layers * width}]` });
  }
  const points = Array.from({ length: layers }, (_, layer) => {
    const own = cast(slice(codes, 1, layer * width, (layer + 1) * width), "float32");
    const multiple = where(equal(own, 2 * reach + 1), 0, sub(own, reach));
    return mul(multiple, slice(steps, 0, layer, layer + 1));
  });
  return points.reduce((total, point) => add(total, point));
}

function rounded(scaled: Tensor, { reach, deadZone = 0 }: ScalarRounding): Tensor {
  const size = floor(add(abs(scaled), Math.fround(0.5 - deadZone)));
  return mul(sign(scaled), clip(size, 0, reach));
}

// 1 for rows whose last used layer this is.
function lastOf(mask: Tensor, next: Tensor | undefined): Tensor {
  return next ? mul(mask, add(neg(next), 1)) : mask;
}

function columns(mask: Tensor, layers: number): Tensor[] {
  return layers === 1 ? [mask] : split(mask, Array<number>(layers).fill(1), 1);
}

function checkShapes(latent: Tensor, layerMask: Tensor, steps: Tensor): number {
  const layers = stepLayers(latent, steps);
  const [rows] = latent.shape;
  if (layerMask.dtype === "float32" && layerMask.shape.join() === `${rows},${layers}`) return layers;
  throw new NacreError("shape", {
    found: `layerMask is ${layerMask.dtype} [${layerMask.shape}]`,
    expected: `float32 [${rows},${layers}]`,
  });
}

function stepLayers(latent: Tensor, { shape }: Tensor): number {
  const [layers, width] = shape;
  if (latent.shape.length === 2 && shape.length === 2 && layers && width === latent.shape[1]) return layers;
  throw new NacreError("shape", {
    found: `latent [${latent.shape}] and steps [${shape}]`,
    expected: "[N, D] and [L, D]",
  });
}
