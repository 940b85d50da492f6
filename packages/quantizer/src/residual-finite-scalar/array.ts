import { NacreError } from "@nacre/errors";
import type { GridVariant } from "../finite-scalar/grid.js";
import { gridStack } from "../finite-scalar/stack.js";
import type { Quantizer } from "../quantizer.js";

/**
 * How much finer layer i (from 0) is than the first one.
 *
 * "levels"            levels^-i per channel: fits the "offset" grid of an even count, whose
 *                     neighbours lie 2 / levels apart (its missing top point costs up to a step)
 * "levels-minus-one"  (levels - 1)^-i: fits the "symmetric" grid and every odd count, whose
 *                     neighbours lie 2 / (levels - 1) apart
 *
 * Published stacks use both; codes of one mean nothing in the other, so it is part of the version.
 */
export type ScaleConvention = "levels" | "levels-minus-one";

/** Every convention, for option checks and help. */
export const scaleConventions: readonly ScaleConvention[] = ["levels", "levels-minus-one"];

/** levels: grid points per channel, at least 2 each, the same in all layers. */
export type ResidualFiniteScalarQuantizerOptions = {
  levels: readonly number[];
  layers: number;
  variant: GridVariant;
  convention: ScaleConvention;
};

/**
 * Finite scalar quantization layer over layer: the latent is bounded once, each layer rounds what
 * the layers below left to a finer grid.
 *
 * throws NacreError "option" for bad levels, layers, variant or convention
 */
export function createResidualFiniteScalarQuantizer(
  options: ResidualFiniteScalarQuantizerOptions,
): Quantizer {
  const { layers, variant, convention } = options;
  if (!scaleConventions.includes(convention)) {
    throw new NacreError("option", {
      found: `convention "${convention}"`,
      expected: `one of ${scaleConventions.join(", ")}`,
    });
  }
  return gridStack("residual-finite-scalar", `${variant}, ${convention}`, options, layers, (levels, layer) =>
    layerScale(convention, levels, layer),
  );
}

/** Size of a layer's grid, 1 for the first (layer 0). */
export function layerScale(convention: ScaleConvention, levels: number, layer: number): number {
  return (convention === "levels" ? levels : levels - 1) ** -layer;
}
