import type { NetworkModel } from "@nacre/codec";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import { NacreError } from "@nacre/errors";
import { viewsOf } from "./optimizer/chunks.js";
import { trainingOf } from "./quantizers/quantizers.js";
import { sortedJson } from "./recipes/compare.js";
import type { Recipe } from "./recipes/recipe.js";
import { initialState, type StateValues } from "./state.js";
import type { StepGraph } from "./step.js";

/**
 * The state of a run that begins from a trained model: its networks, and its codebooks where the
 * recipe's quantizer has the same kind and size, or more layers of it; moments are empty, averages equal to the weights.
 * Latents of another width are no obstacle: the two maps that touch them begin anew.
 *
 * throws NacreError "model" when the model's networks are not the recipe's otherwise
 */
export function startFrom(
  model: NetworkModel,
  recipe: Recipe,
  graph: Pick<StepGraph, "chunks" | "state">,
): StateValues {
  checkNetworks(model, recipe);
  const values = initialState(recipe, graph);
  for (const chunk of graph.chunks) {
    for (const kind of ["value", "average"]) {
      const views = viewsOf(chunk, values[`${kind}.${chunk.name}`]!);
      for (const [name, view] of Object.entries(views)) {
        const stored = model.parameters[name];
        if (stored?.length === view.length) view.set(stored);
      }
    }
  }
  const quantizer = takesQuantizer(model, recipe) ? trainingOf(recipe).stateOf(recipe, model.parameters) : {};
  for (const [name, stored] of Object.entries(quantizer)) values[name]!.set(stored);
  return values;
}

/** The recipe of a run that begins from the model: codebooks that are taken do not start from data. */
export function recipeFrom(model: NetworkModel, recipe: Recipe): Recipe {
  const { quantizer } = recipe;
  if (quantizer.kind !== "residual-vector" || !takesQuantizer(model, recipe)) return recipe;
  return { ...recipe, quantizer: { ...quantizer, startEvery: 0 } };
}

/** True when the model's quantizer has the kind and the sizes of the recipe's, or is a shorter chain of codebooks. */
export function takesQuantizer({ config }: NetworkModel, recipe: Recipe): boolean {
  const stored = config.quantizer as { kind: string; layers: number };
  const wanted = trainingOf(recipe).config(recipe) as { layers: number };
  const grows = stored.kind === "residual-vector" && stored.layers < wanted.layers;
  return sortedJson(grows ? { ...stored, layers: wanted.layers } : stored) === sortedJson(wanted);
}

function checkNetworks({ config, id }: NetworkModel, recipe: Recipe): void {
  const sides = [
    { side: "encoder", network: spectralEncoder, wanted: recipe.encoder, stored: config.encoder },
    { side: "decoder", network: spectralDecoder, wanted: recipe.decoder, stored: config.decoder },
  ];
  for (const { side, network, wanted, stored } of sides) {
    const same =
      stored.architecture === network.name &&
      stored.version === network.version &&
      sortedJson({ ...(stored.config as object), latentDim: 0 }) === sortedJson({ ...wanted, latentDim: 0 });
    if (same) continue;
    throw new NacreError("model", {
      found: `${id} with the ${side} ${stored.architecture} ${JSON.stringify(stored.config)}`,
      expected: `the recipe's, ${network.name} ${JSON.stringify(wanted)}`,
      mend: "begin from a model of the same networks, or from none",
    });
  }
}
