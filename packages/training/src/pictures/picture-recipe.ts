import type { PictureDecoderConfig } from "@nacre/decoder";
import type { PictureEncoderConfig } from "@nacre/encoder";
import type { LayerSpread } from "@nacre/quantizer";
import type { ContextRecipe } from "../context/context-recipe.js";
import type { AdamWOptions } from "../optimizer/adamw.js";
import type { ResidualFiniteScalarRecipe } from "../quantizers/residual-finite-scalar.js";
import type { ResidualVectorRecipe } from "../quantizers/residual-vector.js";
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

/**
 * What a stack of entries needs beside its own options, when it codes a picture's latent.
 *
 * groups       parts of the latent with a stack each, a divisor of latentDim
 * commitment   bit per pixel that a mean squared distance of 1 of the latent from its entries counts; 0 for
 *              finite scalars
 * probability  of an entry, for what it costs: a learned "table" for each group and layer, or "linear": the
 *              same, and a linear map of the side codes, of the layer below and of known neighbours
 * range        values of the latent that the quantizer sees as 1 before training; learned per channel. It
 *              fits a grid of -1 .. 1 to the latent; absent for codebooks, which lie where the latent does
 */
export type EntryOptions = {
  groups: number;
  commitment: number;
  probability: "table" | "linear";
  range?: number;
};

/** A stack of codebooks for each group of channels, as a recipe of pictures has it. */
export type GroupedVectorRecipe = ResidualVectorRecipe & EntryOptions;

/** A stack of finite scalars for each group of channels, with the same levels everywhere. */
export type GroupedFiniteScalarRecipe = ResidualFiniteScalarRecipe & EntryOptions;

/** Every quantizer of entries that a recipe of pictures may have. */
export type GroupedRecipe = GroupedVectorRecipe | GroupedFiniteScalarRecipe;

/** A recipe whose latent is coded by scalars with learned steps, and whose model can be written. */
export type ScalarPictureRecipe = PictureRecipeOf<ResidualScalarRecipe> & { context: ContextRecipe };

/** A recipe whose latent is coded by entries of codebooks or grids. */
export type GroupedPictureRecipe = PictureRecipeOf<GroupedRecipe>;

/** Everything that decides a training run of a picture model, as data. */
export type PictureRecipe = ScalarPictureRecipe | GroupedPictureRecipe;

/** Whether a recipe's quantizer is the scalars with learned steps. */
export function hasScalars(recipe: PictureRecipe): recipe is ScalarPictureRecipe {
  return recipe.quantizer.kind === "residual-scalar";
}

/** What recipes of pictures have in common. */
export type PictureRecipeOf<Quantizer> = {
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
  quantizer: Quantizer;
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
