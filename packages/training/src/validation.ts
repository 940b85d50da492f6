import type { Parameters } from "@nacre/blocks";
import { type OpenQuantizer, openQuantizer, quantizerTensors } from "@nacre/codec";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import { concat, constant, input, onnxModel, reshape, slice, type Tensor } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import type { Corpus } from "./corpus.js";
import { intelligibilityLoss, shortestIntelligible } from "./losses/intelligibility.js";
import { melLoss } from "./losses/mel.js";
import { siSdrLoss } from "./losses/waveform.js";
import type { Weights } from "./plan.js";
import { trainingOf } from "./quantizers/quantizers.js";
import { randomFor } from "./random.js";
import { edge } from "./recipes/check.js";
import type { Recipe } from "./recipes/recipe.js";
import { parameterSpecs } from "./state.js";

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
  { parameters }: Weights,
  items: number,
  prefixes: readonly number[],
): Uint8Array {
  const { encoder, decoder, frames } = recipe;
  const baked: Parameters = Object.fromEntries(
    parameterSpecs(recipe).map(({ name, shape }) => [name, constant(parameters[name]!, shape)]),
  );
  // The very graphs that the codec will run.
  const config = trainingOf(recipe).config(recipe);
  const quantizer = openQuantizer(
    config,
    quantizerTensors(config).map(({ name }) => parameters[name]!),
  );
  const audio = input("audio", "float32", [items, frames * encoder.hop]);
  const latent = spectralEncoder.forward(encoder, baked, audio);
  const codes = quantizer.encode(reshape(latent, [items * frames, encoder.latentDim]));
  const measured = prefixes.flatMap((layers) => {
    const quantized = reshape(quantizer.decode(firstLayers(codes, quantizer, layers)), latent.shape);
    const decoded = spectralDecoder.forward(decoder, baked, quantized);
    const whole = (x: Tensor) => slice(x, 1, 0, frames * encoder.hop - edge);
    const [wanted, found] = [whole(audio), whole(decoded)];
    const judged = [melLoss(wanted, found, encoder.sampleRate), siSdrLoss(wanted, found)];
    const long = wanted.shape[1]! >= shortestIntelligible(encoder.sampleRate);
    return long ? [...judged, intelligibilityLoss(wanted, found, encoder.sampleRate)] : judged;
  });
  const result = concat(
    measured.map((value) => reshape(value, [1])),
    0,
  );
  return onnxModel({ name: `${recipe.name}-validation`, inputs: [audio], outputs: { result } });
}

/** Codes [N, L * P] with those above `layers` standing for layers that are not used. */
function firstLayers(codes: Tensor, { alphabets }: OpenQuantizer, layers: number): Tensor {
  const unused = alphabets.slice(layers).flat();
  if (unused.length === 0) return codes;
  const [rows, places] = codes.shape as [number, number];
  const absent = Int32Array.from({ length: rows * unused.length }, (_, i) => unused[i % unused.length]!);
  const kept = slice(codes, 1, 0, places - unused.length);
  return concat([kept, constant(absent, [rows, unused.length])], 1);
}
