import { resolve } from "node:path";
import { readModel } from "@nacre/codec/node";
import { NacreError } from "@nacre/errors";
import { createRuntime } from "@nacre/runtime/node";
import {
  type AnyCorpus,
  type AnyRecipe,
  anyRecipeByName,
  type TrainingNews,
  train,
  withFrames,
  withSteps,
} from "@nacre/training";
import { type CorpusOptions, pictureCorpusOf, soundCorpusOf } from "./choice.js";

type RunOptions = CorpusOptions & {
  folder: string;
  steps?: number;
  frames?: number;
  threads?: number;
  from?: string;
  saveEvery: number;
  validateEvery: number;
};

/** Trains until the schedule's end or an interrupt; a checkpoint stands in both cases. */
export async function run(name: string, options: RunOptions): Promise<void> {
  const found = anyRecipeByName(name);
  const longer = options.steps === undefined ? found : withSteps(found, options.steps);
  const recipe = options.frames === undefined ? longer : framesOf(longer, options.frames);
  const corpus = await corpusOf(recipe, options);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const { step } = await train({
    recipe,
    corpus,
    folder: resolve(options.folder, name),
    runtime: createRuntime({ worker: false }),
    signal: stop.signal,
    saveEvery: options.saveEvery,
    validateEvery: options.validateEvery,
    ...(options.from === undefined ? {} : { from: await readModel(resolve(options.from)) }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onNews: tell,
  });
  corpus.close();
  console.log(`stopped after step ${step} of ${recipe.schedule.steps}`);
}

function framesOf(recipe: AnyRecipe, frames: number): AnyRecipe {
  if ("medium" in recipe && recipe.medium === "video") return withFrames(recipe, frames);
  throw new NacreError("option", { found: `--frames with ${recipe.name}`, expected: "a recipe of video" });
}

function corpusOf(recipe: AnyRecipe, options: RunOptions): Promise<AnyCorpus> {
  return "medium" in recipe ? pictureCorpusOf(options) : soundCorpusOf(options);
}

function tell({ step, steps, seconds, pace, metrics, validation }: TrainingNews): void {
  const losses = ["loss", "bpp", "mse", "predictionMse", "mel", "siSdr", "intelligibility"].filter(
    (name) => name in metrics,
  );
  const line = [
    `${step}/${steps}`,
    `${(seconds / 60).toFixed(1)} min`,
    `${pace.amount.toFixed(2)} ${pace.unit}/s`,
    ...losses.map((name) => `${name} ${metrics[name]!.toFixed(4)}`),
  ];
  console.log(line.join("  "));
  for (const { layers, ...measures } of validation ?? []) {
    const found = Object.entries(measures).map(([name, value]) => `${name} ${value.toFixed(4)}`);
    console.log(`  ${layers} layers: ${found.join(", ")}`);
  }
}
