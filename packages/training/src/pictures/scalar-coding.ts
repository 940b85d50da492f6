import type { Parameters } from "@nacre/blocks";
import { abs, concat, exp, mean, min, reshape, stopGradient, sum, type Tensor } from "@nacre/graph";
import { residualScalarTraining } from "@nacre/quantizer";
import { codeBits, contextTables } from "../context/context-graph.js";
import { type ContextSizes, contextParameters } from "../context/context-recipe.js";
import { refuseUnless } from "../recipes/refuse.js";
import type { CodedLatent, LatentCoding, LatentInputs } from "./coding.js";
import type { ScalarPictureRecipe } from "./picture-recipe.js";

/** Where the logarithms of a layer's steps are kept. */
export const stepsPlace = (layer: number): string => `quantizer.steps.${layer}`;

/** Sizes of the recipe's context. */
export function sizesOf({ encoder, quantizer }: ScalarPictureRecipe): ContextSizes {
  return { layers: quantizer.layers, channels: encoder.latentDim, sideChannels: encoder.sideChannels };
}

/** Scalars with learned steps, and scales chosen by a linear context. */
export function scalarCoding(recipe: ScalarPictureRecipe): LatentCoding {
  return {
    check: () => checkScalars(recipe),
    parameters() {
      const { layers, firstStep, ratio } = recipe.quantizer;
      const steps = Array.from({ length: layers }, (_, layer) => ({
        name: stepsPlace(layer),
        shape: [recipe.encoder.latentDim],
        initial: { kind: "constant" as const, value: Math.log(firstStep / ratio ** layer) },
        decay: false,
      }));
      return [...steps, ...contextParameters(sizesOf(recipe))];
    },
    state: () => [],
    initialState: () => ({}),
    fields: () => ({}),
    draws: () => ({}),
    tensors: () => ({}),
    code: (inputs) => codeScalars(recipe, inputs),
  };
}

function codeScalars(
  recipe: ScalarPictureRecipe,
  { parameters, latent, side, layerMask }: LatentInputs,
): CodedLatent {
  const { quantizer, context } = recipe;
  const flat = reshape(latent, [layerMask.shape[0]!, latent.shape[3]!]);
  const scalars = residualScalarTraining(flat, layerMask, stepsOf(recipe, parameters), quantizer);
  const layers = scalars.codes.map((codes) => reshape(codes, latent.shape));
  const tables = contextTables(sizesOf(recipe), context, parameters, { layers, side });
  return {
    quantized: reshape(scalars.quantized, latent.shape),
    codes: scalars.codes,
    layerBits: layers.map((codes, layer) => sum(codeBits(codes, tables[layer]!, context), [1, 2, 3])),
    losses: [],
    moved: [],
    next: () => ({}),
    perLayer: [
      {
        name: "nonzero",
        values: concat(
          scalars.codes.map((codes) => reshape(shareOfNonzero(codes), [1])),
          0,
        ),
      },
      { name: "error", values: scalars.quantizationError },
    ],
  };
}

function stepsOf({ quantizer }: ScalarPictureRecipe, parameters: Parameters): Tensor {
  const steps = Array.from({ length: quantizer.layers }, (_, layer) => parameters[stepsPlace(layer)]!);
  return exp(
    concat(
      steps.map((step) => reshape(step, [1, step.shape[0]!])),
      0,
    ),
  );
}

function shareOfNonzero(codes: Tensor): Tensor {
  return mean(min(abs(stopGradient(codes)), 1));
}

function checkScalars({ quantizer, context }: ScalarPictureRecipe): void {
  const { reach, deadZone, firstStep, ratio } = quantizer;
  refuseUnless(reach >= 1 && reach <= 127, `a reach of ${reach}`, "1 to 127");
  refuseUnless(deadZone >= 0 && deadZone <= 0.5, `a dead zone of ${deadZone}`, "0 to 0.5");
  refuseUnless(
    firstStep > 0 && ratio > 1,
    `steps from ${firstStep} by ${ratio}`,
    "a positive step, a ratio above 1",
  );
  const { tables, lowest, highest } = context;
  refuseUnless(tables >= 2 && tables <= 256, `${tables} tables`, "2 to 256");
  refuseUnless(
    lowest > 0 && highest > lowest,
    `scales from ${lowest} to ${highest}`,
    "ascending positive ones",
  );
}
