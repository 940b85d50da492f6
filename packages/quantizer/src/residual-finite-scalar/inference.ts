import { NacreError } from "@nacre/errors";
import { add, slice, type Tensor } from "@nacre/graph";
import { gridLayers, pointsOfCodes, stackCodes } from "../finite-scalar/graph.js";
import { makeGrid } from "../finite-scalar/grid.js";
import { layerScales, type ResidualFiniteScalarQuantizerOptions } from "./array.js";

/**
 * Codes of every layer, for an encoder's exported graph.
 *
 * latent   float32 [N, D], unbounded
 * returns  codes int64 [N, L, D]
 * throws   NacreError "shape" when latent is not [N, D], "option" for bad levels
 */
export function finiteScalarsInference(
  latent: Tensor,
  options: ResidualFiniteScalarQuantizerOptions,
): { codes: Tensor } {
  return {
    codes: stackCodes(gridLayers(latent, options.levels, options.variant, layerScales(options)).codes),
  };
}

/**
 * The sum of the points of all layers, for a decoder's exported graph.
 *
 * codes    int64 or int32 [N, L * D], layer after layer; the code `levels` of a channel stands for a layer
 *          that is not used and adds nothing, so one graph serves every prefix
 * returns  float32 [N, D], the array form's values bit for bit
 * throws   NacreError "shape" when codes do not have L * D columns
 */
export function finiteScalarsDequantize(
  codes: Tensor,
  options: ResidualFiniteScalarQuantizerOptions,
): Tensor {
  const { levels, layers, variant } = options;
  const width = levels.length;
  if (codes.shape.length !== 2 || codes.shape[1] !== layers * width) {
    throw new NacreError("shape", {
      found: `codes [${codes.shape}]`,
      expected: `[rows, ${layers * width}]`,
    });
  }
  const grids = levels.map((count) => makeGrid(count, variant));
  const points = layerScales(options).map((scale, layer) =>
    pointsOfCodes(slice(codes, 1, layer * width, (layer + 1) * width), grids, scale),
  );
  return points.reduce((total, point) => add(total, point));
}
