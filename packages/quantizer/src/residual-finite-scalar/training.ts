import { NacreError } from "@nacre/errors";
import { mean, split, square, stopGradient, sub, type Tensor } from "@nacre/graph";
import { composeResidual, estimatorByName } from "@nacre/rotation-trick";
import { type GridLayers, gridDistances, gridLayers, stackCodes } from "../finite-scalar/graph.js";
import { scalarTelemetry } from "../finite-scalar/telemetry.js";
import type { LayerChoice } from "../layer-choice.js";
import { layerScales, type ResidualFiniteScalarQuantizerOptions } from "./array.js";

/**
 * estimator  name in @nacre/rotation-trick, "straight-through" by default; it maps from the whole bounded
 *            latent to the sum of the used layers, so that the gradient reaches the bound once
 */
export type FiniteScalarsTrainingOptions = ResidualFiniteScalarQuantizerOptions & { estimator?: string };

/**
 * quantized  [N, D], exactly the sum of the used layers' points in layer order; gradient to the latent by
 *            the estimator and by the bound's own derivative
 * codes      int64 [N, L, D], of every layer, used or not
 * choices    [L], what each layer chose among, for what its codes cost: D codes a row, of as many levels as the
 *            channel with the most has
 * telemetry  float32 [L] each, over all rows of the batch: every layer is rounded for every row, and nothing
 *            is learned from the counts.
 *            perplexity  2^(mean over channels of the entropy of their codes, bits): 1 .. the levels' geometric
 *                        mean. A batch has too few rows to count the joint code.
 *            dead        pairs of channel and level that no row has, 0 .. sum of levels
 *            quantizationError  mean squared error per value of the first layers up to this one
 */
export type FiniteScalarsTraining = {
  quantized: Tensor;
  codes: Tensor;
  choices: LayerChoice[];
  telemetry: { perplexity: Tensor; dead: Tensor; quantizationError: Tensor };
};

/**
 * Residual finite scalars as part of a training step, with layer dropout. There is nothing to learn in
 * the quantizer, no state and no commitment: the bound keeps the latent in the grid.
 *
 * latent     float32 [N, D], unbounded; bounded once, before the first layer
 * layerMask  float32 [N, L], 1 where the row uses the layer; each row a prefix of ones (`layerCountMask`)
 * throws     NacreError "shape" when latent or mask do not fit, "option" for bad levels or estimator
 *
 * Mentzer et al. 2023, arXiv 2309.15505 (the grid); Kumar et al. 2023, arXiv 2306.06546 (dropout).
 */
export function residualFiniteScalarTraining(
  latent: Tensor,
  layerMask: Tensor,
  options: FiniteScalarsTrainingOptions,
): FiniteScalarsTraining {
  const { levels, layers, variant, estimator = "straight-through" } = options;
  const scales = layerScales(options);
  const stack = gridLayers(latent, levels, variant, scales);
  const distances = gridDistances(stack, levels, variant, scales);
  const masks = masksOf(layerMask, latent.shape[0]!, layers);
  return {
    quantized: composeResidual(estimatorByName(estimator), "whole", stack.bounded, stack.points, masks),
    codes: stackCodes(stack.codes),
    choices: stack.codes.map((codes, layer) => ({
      codes,
      point: stack.points[layer]!,
      distances: distances[layer]!,
    })),
    telemetry: telemetryOf(stack, levels),
  };
}

function masksOf(layerMask: Tensor, rows: number, layers: number): Tensor[] {
  if (layerMask.dtype !== "float32" || layerMask.shape.join() !== `${rows},${layers}`) {
    throw new NacreError("shape", {
      found: `layerMask is ${layerMask.dtype} [${layerMask.shape}]`,
      expected: `float32 [${rows},${layers}]`,
    });
  }
  return layers === 1 ? [layerMask] : split(layerMask, Array(layers).fill(1), 1);
}

function telemetryOf({ bounded, codes, points }: GridLayers, levels: readonly number[]) {
  let rest = stopGradient(bounded);
  const errors = points.map((point) => {
    rest = sub(rest, point);
    return mean(square(rest));
  });
  return scalarTelemetry(codes, errors, levels);
}
