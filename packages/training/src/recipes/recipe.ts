import type { SpectralDecoderConfig } from "@nacre/decoder";
import type { SpectralEncoderConfig } from "@nacre/encoder";
import type { AdamWOptions } from "../optimizer/adamw.js";
import type { Schedule } from "../schedule.js";

/** Everything that decides a training run, as data. */
export type Recipe = {
  name: string;
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
    update: "moving-average";
    /** Of the moving averages. */
    decay: number;
    /** Entries with a moving count below this are replaced. */
    deadBelow: number;
    /** Share of items that use all layers; the others draw 1 .. layers evenly. */
    fullShare: number;
    /** Steps between the layers' starts from data. */
    startEvery: number;
  };
  optimizer: AdamWOptions & {
    /** Longest allowed gradient. */ clip: number /** Of the average of weights. */;
    average: number;
  };
  schedule: Schedule;
  /** Shares of the gradient at the decoded signal, and the factor of the commitment beside them. */
  losses: { mel: number; waveform: number; siSdr: number; commitment: number };
};
