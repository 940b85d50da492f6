import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildFilmModel, type CountedFrame, modelText } from "@nacre/codec";
import { modelFiles } from "@nacre/codec/node";
import { frameDecoder } from "@nacre/decoder";
import { frameEncoder } from "@nacre/encoder";
import type { Runtime } from "@nacre/runtime";
import { exportContext } from "./context/export-context.js";
import type { ModelLabel, ModelWriting } from "./model-folder.js";
import type { PictureCorpus } from "./pictures/picture-corpus.js";
import { mostSide } from "./pictures/picture-forward.js";
import { sizesOf, trainedSteps } from "./pictures/scalar-coding.js";
import type { Weights } from "./plan.js";
import { drawClips } from "./video/draw-clips.js";
import { clipPlanes } from "./video/film-forward.js";
import type { FilmRecipe } from "./video/film-recipe.js";
import { type MeasuredClips, openClipMeasure } from "./video/film-validation.js";
import { writeWhole } from "./write-whole.js";

/** Clips that are coded at once, and how often, for the tables to be counted over. */
type ClipCounts = { items?: number; rounds?: number };
/**
 * Writes trained weights of predicted frames as a model's folder, as `writePictureModel` does.
 *
 * The tables are counted over clips of the corpus' training part, at every number of layers.
 */
export async function writeFilmModel(
  folder: string,
  recipe: FilmRecipe,
  { parameters }: Weights,
  label: ModelLabel,
  corpus: PictureCorpus,
  runtime: Runtime,
  { bits = 16, items = 8, rounds = 10 }: ModelWriting & ClipCounts = {},
): Promise<void> {
  const { encoder, decoder, quantizer, context } = recipe;
  const { kind, layers, reach, deadZone } = quantizer;
  const built = await buildFilmModel(
    {
      ...label,
      encoder: { architecture: frameEncoder.name, version: frameEncoder.version, config: encoder },
      decoder: { architecture: frameDecoder.name, version: frameDecoder.version, config: decoder },
      quantizer: { kind, layers, dimension: encoder.latentDim, reach, deadZone },
      context: exportContext(sizesOf(recipe), context, parameters, reach),
      scales: context,
      parameters: { ...parameters, "quantizer.steps": trainedSteps(recipe, parameters) },
    },
    countedFrames(recipe, { parameters }, corpus, runtime, { items, rounds }),
    { bits },
  );
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, modelFiles.weights), built.weights);
  await writeWhole(join(folder, modelFiles.tables), built.tables);
  await writeWhole(join(folder, modelFiles.config), modelText(built));
}

/** Frames of clips drawn as for steps that no run gets to, coded by the graphs that training measures. */
async function* countedFrames(
  recipe: FilmRecipe,
  weights: Weights,
  corpus: PictureCorpus,
  runtime: Runtime,
  { items, rounds }: Required<ClipCounts>,
): AsyncGenerator<CountedFrame> {
  const { crop, frames, seed } = recipe;
  const clips = new Float32Array(items * clipPlanes(recipe) * crop ** 2);
  const measure = await openClipMeasure(recipe, weights, items, runtime);
  for (let round = 1; round <= rounds; round++) {
    drawClips(corpus, seed, -round, { size: crop, frames }, clips);
    const { codes } = await measure.measure(clips);
    for (const ofDepth of codes) yield* framesOfItems(recipe, ofDepth, items);
  }
  await measure.close();
}

type MeasuredCodes = MeasuredClips["codes"][number];

function* framesOfItems(recipe: FilmRecipe, frames: MeasuredCodes, items: number): Generator<CountedFrame> {
  const { crop, quantizer } = recipe;
  const grid = { rows: crop / 16, columns: crop / 16 };
  const part = (all: Int32Array, item: number, zero: number) => {
    const length = all.length / items;
    return all.slice(item * length, (item + 1) * length).map((code) => code + zero);
  };
  for (let item = 0; item < items; item++) {
    let before: Int32Array[] = [];
    for (const { layers, side } of frames) {
      const own = layers.map((codes) => part(codes, item, quantizer.reach));
      yield { grid, codes: { side: part(side, item, mostSide), layers: own, before } };
      before = own;
    }
  }
}
