import { NacreError } from "@nacre/errors";
import { type FactorisedMaps, factorisedTraining, type GridVariant } from "@nacre/quantizer";
import { refuseUnless } from "../recipes/refuse.js";
import type { LayerOptions, QuantizerTraining } from "./quantizer-training.js";

/** A stack of finite scalars behind maps of each layer, as a recipe has it. */
export type FactorisedFiniteScalarRecipe = LayerOptions & {
  kind: "factorised-finite-scalar";
  /** Grid points of each channel of a layer, the same in all layers. */
  levels: number[];
  variant: GridVariant;
};

const names = { project: "quantizer.project", offset: "quantizer.offset", expand: "quantizer.expand" };

/** Trains the maps with the networks; grids are fixed. Telemetry as of residual finite scalars. */
export const factorisedScalarTraining: QuantizerTraining<FactorisedFiniteScalarRecipe> = {
  kind: "factorised-finite-scalar",
  check({ quantizer: { levels, layers } }) {
    refuseUnless(
      levels.length > 0 && levels.every((count) => count >= 2),
      `levels ${levels}`,
      "2 or more each",
    );
    refuseUnless(Number.isInteger(layers) && layers > 0, `${layers} layers`, "a whole number of at least 1");
  },
  parameters({ quantizer: { layers, levels }, encoder: { latentDim } }) {
    const width = levels.length;
    return [
      {
        name: names.project,
        shape: [layers, latentDim, width],
        initial: { kind: "normal", deviation: 1 / Math.sqrt(latentDim) },
        decay: true,
      },
      { name: names.offset, shape: [layers, width], initial: { kind: "zeros" }, decay: false },
      {
        name: names.expand,
        shape: [layers, width, latentDim],
        // Small, so that a layer that knows nothing yet does not add to what is left.
        initial: { kind: "normal", deviation: 0.1 / Math.sqrt(width) },
        decay: true,
      },
    ];
  },
  stateArrays: () => [],
  initialState: () => ({}),
  fields: () => ({}),
  draws: () => ({}),
  pass({ quantizer, losses }, { parameters, latent, layerMask, codes }) {
    if (codes) {
      throw new NacreError("option", {
        found: "a step of finite scalars with pinned codes",
        expected: "a recipe of residual vectors",
      });
    }
    const maps = Object.fromEntries(
      Object.entries(names).map(([part, name]) => [part, parameters[name]!]),
    ) as FactorisedMaps;
    const found = factorisedTraining(latent, layerMask, maps, quantizer);
    return {
      quantized: found.quantized,
      telemetry: found.telemetry,
      losses: [
        { name: "commitment", value: found.commitment, weight: losses.commitment },
        { value: found.reconstruction, weight: 1 },
      ],
      moved: [],
      next: () => ({}),
    };
  },
  tensors: () => ({}),
  stateOf: () => ({}),
  config: ({ quantizer: { kind, variant, layers, levels }, encoder }) => ({
    kind,
    version: 1,
    variant,
    layers,
    levels: [...levels],
    dimension: encoder.latentDim,
  }),
};
