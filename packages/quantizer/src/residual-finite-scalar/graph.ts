import type { Tensor } from "@nacre/graph";
import { type FiniteScalarStep, gridLayers, straightStep } from "../finite-scalar/graph.js";
import { layerScales, type ResidualFiniteScalarQuantizerOptions } from "./array.js";

/**
 * Residual finite scalar quantization in a graph; codes int64 [N, layers, D], the gradient passes
 * once, from the sum of all layers straight to the bounded latent. `training.ts` has layer dropout,
 * other estimators and telemetry.
 * throws NacreError "shape" when latent is not [N, D], "option" for bad levels
 */
export function residualFiniteScalarGraph(
  latent: Tensor,
  options: ResidualFiniteScalarQuantizerOptions,
): FiniteScalarStep {
  return straightStep(gridLayers(latent, options.levels, options.variant, layerScales(options)));
}
