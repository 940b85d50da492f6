import { concat, input, onnxModel, reshape, slice, type Tensor } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import { codecGraphs } from "./codec-graphs.js";
import type { Corpus } from "./corpus.js";
import { intelligibilityLoss, shortestIntelligible } from "./losses/intelligibility.js";
import { melLoss } from "./losses/mel.js";
import { siSdrLoss } from "./losses/waveform.js";
import type { Weights } from "./plan.js";
import { randomFor } from "./random.js";
import { edge } from "./recipes/check.js";
import type { Recipe } from "./recipes/recipe.js";

/**
 * Quality on sound that is never trained on, by number of layers: the losses' own values, SI-SDR in dB.
 * Intelligibility, 0 .. 1, is the mean of the correlations behind STOI and ESTOI; absent for crops too short for it.
 */
export type SoundValidationPoint = { layers: number; mel: number; siSdr: number; intelligibility?: number };

/** Layer counts that are watched: doublings, and all. */
export function watchedPrefixes(layers: number): number[] {
  const doublings = [1, 2, 4, 8, 16, 32].filter((count) => count < layers);
  return [...doublings, layers];
}

/** Measures weights on a fixed batch of the corpus' validation part (crops drawn once from the seed). */
export async function validate(
  recipe: Recipe,
  weights: Weights,
  corpus: Corpus,
  runtime: Runtime,
  items = 24,
): Promise<SoundValidationPoint[]> {
  const samples = recipe.frames * recipe.encoder.hop;
  const prefixes = watchedPrefixes(recipe.quantizer.layers);
  const session = await runtime.open(validationGraph(recipe, weights, items, prefixes));
  const audio = new Float32Array(items * samples);
  const clips = corpus.validation.length > 0 ? corpus.validation : corpus.train;
  const random = randomFor(recipe.seed, 3);
  for (let item = 0; item < items; item++) {
    const clip = clips[Math.floor(random() * clips.length)]!;
    const offset = Math.floor(random() * Math.max(1, clip.length - samples));
    corpus.read(clip, offset, audio.subarray(item * samples, (item + 1) * samples));
  }
  const { result } = await session.run({ audio: { type: "float32", shape: [items, samples], data: audio } });
  await session.close();
  const values = result!.data as Float32Array;
  const each = values.length / prefixes.length;
  return prefixes.map((layers, i) => {
    const [mel, siSdr, intelligibility] = values.subarray(i * each, (i + 1) * each);
    const point = { layers, mel: mel!, siSdr: -siSdr! };
    return intelligibility === undefined ? point : { ...point, intelligibility: 1 - intelligibility };
  });
}

function validationGraph(
  recipe: Recipe,
  weights: Weights,
  items: number,
  prefixes: readonly number[],
): Uint8Array {
  const { encoder, frames } = recipe;
  const audio = input("audio", "float32", [items, frames * encoder.hop]);
  const { decoded } = codecGraphs(recipe, weights, audio);
  const judged = (x: Tensor) => slice(x, 1, 0, frames * encoder.hop - edge);
  const measured = prefixes.flatMap((layers) => {
    const [wanted, found] = [judged(audio), judged(decoded(layers))];
    const measures = [melLoss(wanted, found, encoder.sampleRate), siSdrLoss(wanted, found)];
    const long = wanted.shape[1]! >= shortestIntelligible(encoder.sampleRate);
    return long ? [...measures, intelligibilityLoss(wanted, found, encoder.sampleRate)] : measures;
  });
  const result = concat(
    measured.map((value) => reshape(value, [1])),
    0,
  );
  return onnxModel({ name: `${recipe.name}-validation`, inputs: [audio], outputs: { result } });
}
