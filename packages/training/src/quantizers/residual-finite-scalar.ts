import { NacreError } from "@nacre/errors";
import {
  createResidualFiniteScalarQuantizer,
  type GridVariant,
  residualFiniteScalarTraining,
  type ScaleConvention,
} from "@nacre/quantizer";
import { refuseUnless } from "../recipes/refuse.js";
import type { LayerOptions, QuantizerTraining } from "./quantizer-training.js";

/** A stack of finite scalars, as a recipe has it. */
export type ResidualFiniteScalarRecipe = LayerOptions & {
  kind: "residual-finite-scalar";
  /** Grid points of each channel, the same in all layers; as many channels as the latent has. */
  levels: number[];
  variant: GridVariant;
  convention: ScaleConvention;
  /** From the bounded latent to the sum of the used layers. */
  estimator: string;
};

/**
 * Trains the networks around fixed grids: no state, no loss and no draws of its own. Telemetry is of the
 * batch: perplexity is the channels' (geometric) mean, dead are pairs of channel and level that no row has.
 */
export const finiteScalarTraining: QuantizerTraining<ResidualFiniteScalarRecipe> = {
  kind: "residual-finite-scalar",
  check({ quantizer, encoder, losses }) {
    const { length } = quantizer.levels;
    refuseUnless(
      length === encoder.latentDim,
      `levels of ${length} channels and a latent of ${encoder.latentDim}`,
      "as many of one as of the other",
    );
    refuseUnless(
      losses.commitment === 0,
      `commitment ${losses.commitment} to finite scalars`,
      "0: there is none",
    );
    // Its maker refuses what the grid does not allow.
    createResidualFiniteScalarQuantizer(quantizer);
  },
  parameters: () => [],
  stateArrays: () => [],
  initialState: () => ({}),
  fields: () => ({}),
  draws: () => ({}),
  pass({ quantizer }, { latent, layerMask, codes }) {
    if (codes) {
      throw new NacreError("option", {
        found: "a step of finite scalars with pinned codes",
        expected: "a recipe of residual vectors",
      });
    }
    const { quantized, choices, telemetry } = residualFiniteScalarTraining(latent, layerMask, quantizer);
    return { quantized, choices, telemetry, losses: [], moved: [], next: () => ({}) };
  },
  tensors: () => ({}),
  stateOf: () => ({}),
  config: ({ quantizer: { kind, variant, convention, layers, levels } }) => ({
    kind,
    version: 1,
    variant,
    convention,
    layers,
    levels: [...levels],
  }),
};
