import type { Recipe } from "./recipe.js";
import { speech24k } from "./speech-24k.js";

/**
 * Speech and music: the networks of speech-24k with layers for up to 12 kbit/s. Phase is left to itself
 * more than there, since music has more of it than any waveform loss can hold at these rates.
 */
export const general24k: Recipe = {
  ...speech24k,
  name: "general-24k",
  description: "Speech and music at 24 kHz, 16 layers of 1024 codes at 75 frames per second, causal",
  quantizer: { ...speech24k.quantizer, layers: 16 },
  // What is said is a part of it alone, and music has no intelligibility.
  losses: { ...speech24k.losses, waveform: 0.01, intelligibility: 0.3 },
  augment: {
    mix: { chance: 0.15, level: [-15, 0] },
    noise: { chance: 0.1, snr: [10, 40] },
    lowPass: { chance: 0.15, cutoffs: [4000, 5500, 6000, 8000, 10_000] },
    telephone: { chance: 0.05 },
  },
};
