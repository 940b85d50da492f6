import type { Tensor } from "@nacre/graph";
import { type FiniteScalarStep, gridStackGraph } from "../finite-scalar/graph.js";
import { layerScale, type ResidualFiniteScalarQuantizerOptions } from "./array.js";

/**
 * Residual finite scalar quantization in a graph; codes int64 [N, layers, D], the gradient passes
 * once, from the sum of all layers straight to the bounded latent.
 * throws NacreError "shape" when latent is not [N, D], "option" for bad levels
 */
export function residualFiniteScalarGraph(
  latent: Tensor,
  { levels, layers, variant, convention }: ResidualFiniteScalarQuantizerOptions,
): FiniteScalarStep {
  const scales = Array.from({ length: layers }, (_, layer) =>
    levels.map((count) => layerScale(convention, count, layer)),
  );
  return gridStackGraph(latent, levels, variant, scales);
}
