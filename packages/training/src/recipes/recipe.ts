import type { SpectralDecoderConfig } from "@nacre/decoder";
import type { SpectralEncoderConfig } from "@nacre/encoder";
import type { Augmentation } from "../augmentation/augment.js";
import type { SignalLossShares } from "../losses/index.js";
import type { AdamWOptions } from "../optimizer/adamw.js";
import type { PictureRecipe } from "../pictures/picture-recipe.js";
import type { QuantizerRecipe } from "../quantizers/quantizers.js";
import type { Schedule } from "../schedule.js";
import type { FilmRecipe } from "../video/film-recipe.js";

/** Everything that decides a training run of a sound model, as data. */
export type Recipe = RecipeOf<QuantizerRecipe>;

/** A recipe of any medium. */
export type AnyRecipe = Recipe | PictureRecipe | FilmRecipe;

/** A recipe with a quantizer of one kind. */
export type RecipeOf<Quantizer> = {
  name: string;
  /** What a model of it is for, in a sentence for its users. */
  description: string;
  /** Items per step. */
  batch: number;
  /** Frames per item; seconds are frames * hop / sampleRate. */
  frames: number;
  seed: number;
  encoder: SpectralEncoderConfig;
  decoder: SpectralDecoderConfig;
  quantizer: Quantizer;
  optimizer: AdamWOptions & {
    /** Longest allowed gradient. */
    clip: number;
    /** Of the moving average of weights, 0 .. 1. */
    average: number;
  };
  schedule: Schedule;
  /** Shares of the gradient at the decoded signal, and the factor of the commitment beside them. */
  losses: SignalLossShares & { commitment: number };
  /** What happens to the sound that is trained on, beside a random gain; nothing when it is absent. */
  augment?: Augmentation;
};
