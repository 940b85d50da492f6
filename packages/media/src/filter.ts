import { loadSimd, simdFilter } from "./filter-simd.js";
import { heldKernel, type Kernel, kernelFor } from "./kernel.js";
import type { Ratio } from "./place.js";

/**
 * The arithmetic of a resampler by up / down, without its book-keeping.
 *
 * run  computes one block of every channel: outputs[c][m] is the sum of taps[k] * inputs[c][from + k + n]
 *      over the kernel's 2 halfTaps taps, where the first output stands at `phase` / up (0 .. up - 1) and
 *      output m stands m * down / up behind it: n whole input samples, and a phase of its own
 *
 * A sample depends on its taps and its input alone: cutting a block in two changes no bit.
 */
export type BlockFilter = {
  halfTaps: number;
  run(inputs: Float32Array[], from: number, phase: number, outputs: Float32Array[]): void;
};

const simd = loadSimd();

/** The filter for a ratio in lowest terms: of WebAssembly where it exists and its tables fit, else plain. */
export function filterFor({ up, down }: Ratio): BlockFilter {
  const kernel = kernelFor(up, up / down);
  return (simd && simdFilter(simd, kernel, up, down)) ?? plainFilter(heldKernel(kernel, up), up, down);
}

/** The filter in JavaScript, in double precision; for any ratio. */
export function plainFilter(kernel: Kernel, up: number, down: number): BlockFilter {
  const { halfTaps, taps } = kernel;
  return {
    halfTaps,
    run(inputs, from, phase, outputs) {
      const count = outputs[0]?.length ?? 0;
      for (let index = 0; index < count; index++) {
        // Taps may have to be computed, so every channel is served while they are at hand.
        const weights = taps(phase);
        for (let channel = 0; channel < inputs.length; channel++) {
          outputs[channel]![index] = weighted(inputs[channel]!, from, weights);
        }
        phase += down;
        from += Math.floor(phase / up);
        phase %= up;
      }
    },
  };
}

/** Four sums side by side: one alone would wait for each addition before the next, and eight run out of registers. */
function weighted(samples: Float32Array, from: number, weights: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let k = 0; k < weights.length; k += 4) {
    const at = from + k;
    a += samples[at]! * weights[k]!;
    b += samples[at + 1]! * weights[k + 1]!;
    c += samples[at + 2]! * weights[k + 2]!;
    d += samples[at + 3]! * weights[k + 3]!;
  }
  return a + b + (c + d);
}
