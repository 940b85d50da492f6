import { checkContext, type LinearContext } from "@nacre/entropy";
import { type ContextRecipe, type ContextSizes, place, sourcesOf } from "./context-recipe.js";

/**
 * Trained weights as the integers that the codec runs: what the graph rounded while it trained.
 *
 * values  by the names of contextParameters
 * reach   the code that stands for zero
 * throws  NacreError "model" when some codes could take a sum beyond 32 bits
 */
export function exportContext(
  sizes: ContextSizes,
  { tables, precision }: ContextRecipe,
  values: Readonly<Record<string, Float32Array>>,
  reach: number,
): LinearContext {
  const layers = Array.from({ length: sizes.layers }, (_, layer) => ({
    bias: Int32Array.from(values[place.bias(layer)]!, (bias) =>
      // In float32, as the graph multiplies.
      roundEven(Math.fround(bias * tables) * 2 ** precision),
    ),
    sources: sourcesOf(layer, sizes).map((source, at) => ({
      ...source,
      weights: Int8Array.from(values[place.weights(layer, at)]!, (weight) =>
        Math.max(-127, Math.min(127, roundEven(weight * 2 ** (precision - source.shift)))),
      ),
    })),
  }));
  const { channels, sideChannels } = sizes;
  return checkContext({ channels, sideChannels, reach, tables, precision, layers });
}

// The graph rounds halves to the even neighbour.
function roundEven(x: number): number {
  const near = Math.round(x);
  return near - x === 0.5 && near % 2 !== 0 ? near - 1 : near;
}
