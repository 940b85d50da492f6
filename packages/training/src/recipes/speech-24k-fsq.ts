import type { Recipe } from "./recipe.js";
import { speech24k } from "./speech-24k.js";

/** The shipped model's networks around fixed grids: 10 channels of 2 levels are 10 bits a layer as well. */
export const speech24kFsq: Recipe = {
  ...speech24k,
  name: "speech-24k-fsq",
  description: "Speech at 24 kHz, 12 layers of 10 two-level scalars at 75 frames per second, causal",
  encoder: { ...speech24k.encoder, latentDim: 10 },
  decoder: { ...speech24k.decoder, latentDim: 10 },
  quantizer: {
    kind: "residual-finite-scalar",
    layers: 12,
    levels: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    variant: "equal-cells",
    convention: "levels",
    estimator: "straight-through",
    fullShare: 0.5,
    spread: "logarithmic",
  },
  losses: { ...speech24k.losses, commitment: 0 },
};
