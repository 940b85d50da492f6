import { NacreError } from "@nacre/errors";
import type { GridVariant } from "../finite-scalar/grid.js";
import { gridStack } from "../finite-scalar/stack.js";
import { expectCount, type Quantizer } from "../quantizer.js";

/**
 * How much finer layer i (from 0) is than the first one.
 *
 * "levels"            levels^-i per channel: n layers of the "symmetric" or "equal-cells" grid have
 *                     levels^n different points, evenly apart. Also what the "offset" grid of an even
 *                     count needs (its missing top point costs up to a step).
 * "levels-minus-one"  (levels - 1)^-i: the cells of a layer's points overlap with those of its
 *                     neighbours, and some sums of codes are the same value twice
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
 * throws NacreError "option" for bad levels, layers, variant or convention, or when the last layer would
 * be finer than float32
 */
export function createResidualFiniteScalarQuantizer(
  options: ResidualFiniteScalarQuantizerOptions,
): Quantizer {
  const { levels, layers, variant, convention } = options;
  if (!scaleConventions.includes(convention)) {
    throw new NacreError("option", {
      found: `convention "${convention}"`,
      expected: `one of ${scaleConventions.join(", ")}`,
    });
  }
  expectCount("layers", layers);
  if (!pointsDiffer(options)) {
    throw new NacreError("option", {
      found: `${layers} layers of ${Math.max(...levels)} levels`,
      expected: "levels^layers of at most 2^23, what float32 tells apart",
    });
  }
  return gridStack("residual-finite-scalar", `${variant}, ${convention}`, options, layerScales(options));
}

/** Size of every layer's grid, [L][D]; 1 for the first layer. */
export function layerScales(options: ResidualFiniteScalarQuantizerOptions): number[][] {
  const { levels, layers, convention } = options;
  const finer = (count: number) => (convention === "levels" ? count : count - 1);
  return Array.from({ length: layers }, (_, layer) => levels.map((count) => finer(count) ** -layer));
}

/** Whether float32, in which points are added up, still tells the points of the last layer apart. */
export function pointsDiffer({ levels, layers }: { levels: readonly number[]; layers: number }): boolean {
  return Math.max(...levels) ** layers <= 2 ** 23;
}
