import type { Recipe } from "./recipe.js";
import { speech24k } from "./speech-24k.js";

/** The shipped model's networks around finite scalars behind maps: ten directions of two levels a layer. */
export const speech24kFsqFactorised: Recipe = {
  ...speech24k,
  name: "speech-24k-fsq-factorised",
  description:
    "Speech at 24 kHz, 12 layers of 10 two-level scalars behind learned maps at 75 frames per second, causal",
  quantizer: {
    kind: "factorised-finite-scalar",
    layers: 12,
    levels: [2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
    variant: "symmetric",
    fullShare: 0.5,
    spread: "logarithmic",
  },
};
