import type { Quantizer } from "../quantizer.js";
import type { GridVariant } from "./grid.js";
import { gridStack } from "./stack.js";

/** levels: grid points per channel, at least 2 each; their number is the dimension. */
export type FiniteScalarQuantizerOptions = { levels: readonly number[]; variant: GridVariant };

/**
 * Rounds each channel to its own small grid: no codebook, nothing to learn, one code per channel.
 *
 * Codes stay per channel (alphabet = levels of the channel), never joined to one large symbol.
 *
 * throws NacreError "option" for bad levels or variant
 *
 * Mentzer et al. 2023, arXiv 2309.15505.
 */
export function createFiniteScalarQuantizer(options: FiniteScalarQuantizerOptions): Quantizer {
  return gridStack("finite-scalar", options.variant, options, [options.levels.map(() => 1)]);
}
