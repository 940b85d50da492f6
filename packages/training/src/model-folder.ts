import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildModel, modelText, type WeightBits } from "@nacre/codec";
import { modelFiles } from "@nacre/codec/node";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import type { Runtime } from "@nacre/runtime";
import type { Corpus } from "./corpus.js";
import type { Weights } from "./plan.js";
import { trainingOf } from "./quantizers/quantizers.js";
import { randomFor } from "./random.js";
import type { Recipe } from "./recipes/recipe.js";
import { writeWhole } from "./write-whole.js";

/** What a model's files say beside the weights. */
export type ModelLabel = {
  name: string;
  version: number;
  description: string;
  licence: string;
  provenance: unknown;
};

/** How a model is written. `bits` of a weight: 16, or 8, see `writeSafetensors`. */
export type ModelWriting = { bits?: WeightBits };

/** Frames that are coded together: five seconds at 75 frames per second. */
const framesPerChunk = 375;
/** Seconds of training sound that the tables are counted over. */
const tableSeconds = 1800;

/**
 * Writes trained weights as a model's folder: model.json, weights.safetensors, tables.bin.
 *
 * The tables are counted over the corpus' training part. Files get their names when they are whole.
 */
export async function writeModel(
  folder: string,
  recipe: Recipe,
  weights: Weights,
  label: ModelLabel,
  corpus: Corpus,
  runtime: Runtime,
  writing: ModelWriting = {},
): Promise<void> {
  const { encoder, decoder } = recipe;
  const built = await buildModel(
    {
      ...label,
      framesPerChunk,
      encoder: { architecture: spectralEncoder.name, version: spectralEncoder.version, config: encoder },
      decoder: { architecture: spectralDecoder.name, version: spectralDecoder.version, config: decoder },
      quantizer: trainingOf(recipe).config(recipe),
      ...weights,
    },
    tableSounds(corpus, recipe.seed),
    runtime,
    writing,
  );
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, modelFiles.weights), built.weights);
  await writeWhole(join(folder, modelFiles.tables), built.tables);
  await writeWhole(join(folder, modelFiles.config), modelText(built));
}

// Clips are joined to stretches of a chunk's size or more, since every window costs the same.
function* tableSounds(corpus: Corpus, seed: number): Generator<Float32Array> {
  const random = randomFor(seed, 4);
  const stretch = corpus.sampleRate * 30;
  const total = corpus.train.reduce((sum, { length }) => sum + length, 0);
  for (let left = Math.min(tableSeconds * corpus.sampleRate, total); left > 0; left -= stretch) {
    const sound = new Float32Array(Math.min(stretch, left));
    for (let at = 0; at < sound.length; ) {
      const clip = corpus.train[Math.floor(random() * corpus.train.length)]!;
      const part = sound.subarray(at, at + clip.length);
      corpus.read(clip, 0, part);
      at += part.length;
    }
    yield sound;
  }
}
