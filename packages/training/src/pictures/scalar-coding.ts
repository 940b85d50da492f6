import type { Parameters } from "@nacre/blocks";
import { abs, concat, exp, mean, min, reshape, stopGradient, sum, type Tensor } from "@nacre/graph";
import { residualScalarTraining } from "@nacre/quantizer";
import { codeBits, contextTables } from "../context/context-graph.js";
import { type ContextRecipe, type ContextSizes, contextParameters } from "../context/context-recipe.js";
import { refuseUnless } from "../recipes/refuse.js";
import type { CodedLatent, LatentCoding, LatentInputs } from "./coding.js";
import type { ResidualScalarRecipe } from "./picture-recipe.js";

/** Where the logarithms of a layer's steps are kept. */
export const stepsPlace = (layer: number): string => `quantizer.steps.${layer}`;

/** What this coding takes of a recipe; `remembers` where it codes frames after frames. */
export type ScalarCodingRecipe = {
  encoder: { latentDim: number; sideChannels: number };
  quantizer: ResidualScalarRecipe;
  context: ContextRecipe;
  remembers?: boolean;
};

/** Sizes of the recipe's context. */
export function sizesOf({ encoder, quantizer, remembers = false }: ScalarCodingRecipe): ContextSizes {
  const { latentDim, sideChannels } = encoder;
  return { layers: quantizer.layers, channels: latentDim, sideChannels, remembers };
}

/** Steps [L * C] of their trained logarithms. */
export function trainedSteps(
  { quantizer, encoder }: ScalarCodingRecipe,
  parameters: Readonly<Record<string, Float32Array>>,
): Float32Array<ArrayBuffer> {
  const steps = new Float32Array(quantizer.layers * encoder.latentDim);
  for (let layer = 0; layer < quantizer.layers; layer++) {
    steps.set(parameters[stepsPlace(layer)]!.map(Math.exp), layer * encoder.latentDim);
  }
  return steps;
}

/** Scalars with learned steps, and scales chosen by a linear context. */
export function scalarCoding(recipe: ScalarCodingRecipe): LatentCoding {
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
  recipe: ScalarCodingRecipe,
  { parameters, latent, side, layerMask, before }: LatentInputs,
): CodedLatent {
  const { quantizer, context } = recipe;
  const flat = reshape(latent, [layerMask.shape[0]!, latent.shape[3]!]);
  const scalars = residualScalarTraining(flat, layerMask, stepsOf(recipe, parameters), quantizer);
  const layers = scalars.codes.map((codes) => reshape(codes, latent.shape));
  const tables = contextTables(sizesOf(recipe), context, parameters, { layers, side, before });
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

function stepsOf({ quantizer }: ScalarCodingRecipe, parameters: Parameters): Tensor {
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

function checkScalars({ quantizer, context }: ScalarCodingRecipe): void {
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
