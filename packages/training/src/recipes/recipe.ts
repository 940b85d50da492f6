import type { SpectralDecoderConfig } from "@nacre/decoder";
import type { SpectralEncoderConfig } from "@nacre/encoder";
import type { LayerSpread } from "@nacre/quantizer";
import type { AdamWOptions } from "../optimizer/adamw.js";
import type { Schedule } from "../schedule.js";

/** Everything that decides a training run, as data. */
export type Recipe = {
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
  quantizer: {
    layers: number;
    entries: number;
    estimator: string;
    composition: "per-layer" | "whole";
    /**
     * "moving-average": entries follow the rows that choose them. "gradient": the optimizer moves them
     * along the codebook loss, and the model gets their average, as it does of all weights.
     */
    update: "moving-average" | "gradient";
    /** Of the moving averages: of counts, and of entries that follow their rows. */
    decay: number;
    /** Entries with a moving count below this are replaced from the batch; 0 never replaces one. */
    deadBelow: number;
    /** Share of items that use all layers; the others draw 1 .. layers. */
    fullShare: number;
    /** How they draw. */
    spread: LayerSpread;
    /** Steps between the layers' starts from data. */
    startEvery: number;
  };
  optimizer: AdamWOptions & {
    /** Longest allowed gradient. */
    clip: number;
    /** Of the moving average of weights, 0 .. 1. */
    average: number;
  };
  schedule: Schedule;
  /** Shares of the gradient at the decoded signal, and the factor of the commitment beside them. */
  losses: { mel: number; waveform: number; siSdr: number; commitment: number };
};
