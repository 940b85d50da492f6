import type { PictureDecoderConfig } from "@nacre/decoder";
import type { PictureEncoderConfig } from "@nacre/encoder";
import type { LayerSpread } from "@nacre/quantizer";
import type { ContextRecipe } from "../context/context-recipe.js";
import type { AdamWOptions } from "../optimizer/adamw.js";
import type { Schedule } from "../schedule.js";

/**
 * A stack of scalars with learned steps, as a recipe has it.
 *
 * reach      codes are -reach .. reach
 * deadZone   of the rounding, in steps
 * firstStep  of the first layer before training, in the latent's units; ratio from layer to layer
 * fullShare  share of items that use all layers; the others draw 1 .. layers as `spread` says
 */
export type ResidualScalarRecipe = {
  kind: "residual-scalar";
  layers: number;
  reach: number;
  deadZone: number;
  firstStep: number;
  ratio: number;
  fullShare: number;
  spread: LayerSpread;
};

/** Everything that decides a training run of a picture model, as data. */
export type PictureRecipe = {
  medium: "picture";
  name: string;
  /** What a model of it is for, in a sentence for its users. */
  description: string;
  /** Crops per step. */
  batch: number;
  /** Pixels along a side of a crop, a multiple of 64. */
  crop: number;
  seed: number;
  encoder: PictureEncoderConfig;
  decoder: PictureDecoderConfig;
  quantizer: ResidualScalarRecipe;
  context: ContextRecipe;
  optimizer: AdamWOptions & {
    /** Longest allowed gradient. */
    clip: number;
    /** Of the moving average of weights, 0 .. 1. */
    average: number;
  };
  schedule: Schedule;
  /**
   * What an error is worth in bits, for items of 1 .. layers layers: bit per pixel of a mean squared error of 1
   * in steps of 255 (lambda of Ballé et al. 2018 in the scale of CompressAI).
   */
  distortion: number[];
  /**
   * Share of structure in the distortion, 0 .. 1: of an item's error that part is 1 - MS-SSIM, at the price of 1200
   * squared steps (the ratio of the two lambdas that CompressAI gives a rate). 0 by default; crops are then at least 192.
   */
  structure?: number;
};
