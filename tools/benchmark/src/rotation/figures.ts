import { codeStatistics, energyExplained } from "@nacre/inspect";
import { melDistance, siSdr, stoi } from "@nacre/metrics";
import type { Runtime } from "@nacre/runtime";
import {
  edge,
  type Recipe,
  type Reconstruction,
  reconstruct,
  type Weights,
  watchedPrefixes,
} from "@nacre/training";
import type { HeldSounds } from "./held-sounds.js";

/**
 * Numbers of one trained model by name. Of layer or prefix k (1 .. L):
 *
 * usage.k        share of the layer's entries that occur in the held sounds, 0 .. 1
 * perplexity.k   2^entropy of the layer's codes, 1 .. K
 * error.k        energy of what the first k layers leave of the latent, as a share of its energy about its mean
 * left.k         the same as a share of what layer k was given: 1 is a layer that does nothing
 * melDistance.k, siSdr.k (dB), stoi.k   means over the sounds that have a value, for watched prefixes; absent
 *                where none has
 *
 * and "usage", "perplexity" (means over layers), "replaced" (entries replaced in training after the layers'
 * start from data, all layers), "skipped" (steps without finite numbers).
 */
export type Figures = Record<string, number>;

const measures = { melDistance, siSdr, stoi };

/** Measures a model on held sounds; codes of all items, sound of the first `heard`. */
export async function figuresOf(
  recipe: Recipe,
  weights: Weights,
  { audio, items, samples }: HeldSounds,
  { heard, runtime, threads }: { heard: number; runtime: Runtime; threads: number },
): Promise<Figures> {
  const prefixes = watchedPrefixes(recipe.quantizer.layers);
  const found = await reconstruct(recipe, weights, { audio, items, prefixes }, runtime, { threads });
  const figures = codebookFigures(found, entriesOf(recipe));
  for (const layers of prefixes) {
    const decoded = found.decoded.get(layers)!;
    for (const [name, measure] of Object.entries(measures)) {
      const values = Array.from({ length: heard }, (_, item) => {
        const [from, to] = [item * samples, (item + 1) * samples - edge];
        return measure(audio.subarray(from, to), decoded.subarray(from, to), recipe.encoder.sampleRate);
      });
      const finite = values.filter(Number.isFinite);
      if (finite.length > 0) figures[`${name}.${layers}`] = mean(finite);
    }
  }
  return figures;
}

/** Usage, perplexity and error of each layer of a reconstruction. */
export function codebookFigures(
  { codes, target, quantized }: Pick<Reconstruction, "codes" | "target" | "quantized">,
  entries: number,
): Figures {
  const statistics = codes.map((layer) => codeStatistics(layer, entries));
  // About its mean: a constant part costs no bits and would make every error look small.
  const centre = meanFrame(target, target.length / (codes[0]!.length || 1));
  const varying = about(target, centre);
  const errors = quantized.map((sum) => 1 - energyExplained(varying, about(sum, centre)));
  const figures: Figures = {
    usage: mean(statistics.map(({ usage }) => usage)),
    perplexity: mean(statistics.map(({ perplexity }) => perplexity)),
  };
  for (const [i, { usage, perplexity }] of statistics.entries()) {
    figures[`usage.${i + 1}`] = usage;
    figures[`perplexity.${i + 1}`] = perplexity;
    figures[`error.${i + 1}`] = errors[i]!;
    figures[`left.${i + 1}`] = errors[i]! / (errors[i - 1] ?? 1);
  }
  return figures;
}

/** Mean of frames of D values: [D]. */
function meanFrame(frames: Float32Array, width: number): Float64Array {
  const centre = new Float64Array(width);
  for (const [i, value] of frames.entries()) centre[i % width]! += (value * width) / frames.length;
  return centre;
}

function about(frames: Float32Array, centre: Float64Array): Float32Array {
  return frames.map((value, i) => value - centre[i % centre.length]!);
}

function entriesOf({ quantizer }: Recipe): number {
  return quantizer.kind === "residual-vector" ? quantizer.entries : Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
