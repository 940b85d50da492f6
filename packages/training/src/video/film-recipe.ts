import type { FrameDecoderConfig } from "@nacre/decoder";
import type { FrameEncoderConfig } from "@nacre/encoder";
import type { ContextRecipe } from "../context/context-recipe.js";
import type { AdamWOptions } from "../optimizer/adamw.js";
import type { ResidualScalarRecipe } from "../pictures/picture-recipe.js";
import type { Schedule } from "../schedule.js";

/** Everything that decides a training run of a model of predicted frames, as data. */
export type FilmRecipe = {
  medium: "video";
  name: string;
  /** What a model of it is for, in a sentence for its users. */
  description: string;
  /** Clips per step. */
  batch: number;
  /** Frames of a clip, 2 or more: the first stands for a key frame, the others are predicted, each from the one before. */
  frames: number;
  /** Pixels along a side of a clip, a multiple of 64. */
  crop: number;
  seed: number;
  encoder: FrameEncoderConfig;
  decoder: FrameDecoderConfig;
  quantizer: ResidualScalarRecipe;
  context: ContextRecipe;
  /** Its context looks at the codes of the frame before. */
  remembers: true;
  /**
   * What the first frame has lost, for items of 1 .. layers layers: the step that its cosine transform is rounded to,
   * varied by half as much either way.
   */
  keySteps: number[];
  optimizer: AdamWOptions & {
    /** Longest allowed gradient. */
    clip: number;
    /** Of the moving average of weights, 0 .. 1. */
    average: number;
  };
  schedule: Schedule;
  /** As a picture recipe's: bit per pixel that a mean squared error of 1 in steps of 255 is worth, by layers. */
  distortion: number[];
  /** As a picture recipe's: share of structure in the distortion; 0 by default. */
  structure?: number;
};

/**
 * The recipe with clips of so many frames, and so many fewer clips that a step costs about the same.
 *
 * frames  2 or more; `buildStep` refuses others
 */
export function withFrames(recipe: FilmRecipe, frames: number): FilmRecipe {
  const predicted = recipe.batch * (recipe.frames - 1);
  return { ...recipe, frames, batch: Math.max(1, Math.floor(predicted / (frames - 1))) };
}
