import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Model } from "@nacre/codec";
import { createRuntime } from "@nacre/runtime/node";
import { openCorpus } from "./corpus.js";
import { writeModel } from "./model-folder.js";
import { packFolder } from "./pack-folder.js";
import { recipeByName, recipes } from "./recipes/index.js";
import type { Recipe } from "./recipes/recipe.js";
import { withSteps } from "./schedule.js";
import { type TrainingNews, train } from "./train.js";

/** Training on a user's own files. */
export type TrainFolderOptions = {
  /** Sound files, or folders of them. */
  inputs: readonly string[];
  /** The model's folder, written at the end. */
  out: string;
  /** Packed sound, checkpoint and log; a run found there is resumed. */
  work: string;
  steps?: number;
  /** Of the model; lower-case letters, digits, dots, dashes. */
  name?: string;
  /** A recipe's name, or one of the caller's own. */
  recipe?: string | Recipe;
  /** A trained model that the run begins from; its networks have to be the recipe's. */
  from?: Model;
  /** Ends the run early; a model is written of what was learned. */
  signal?: AbortSignal;
  onPack?: (done: number, total: number) => void;
  onNews?: (news: TrainingNews) => void;
};

/**
 * Packs, trains, and writes a model that `encode --model` takes.
 *
 * throws NacreError "media" when there is nothing to train on, "option" for an unknown recipe
 */
export async function trainFolder(options: TrainFolderOptions): Promise<{ folder: string; step: number }> {
  const { inputs, out, work, name = "own", from, signal, onNews } = options;
  const recipe = recipeOf(options);
  const packed = join(work, "corpus");
  if (!existsSync(join(packed, "index.json"))) {
    await packFolder(inputs, packed, recipe.encoder.sampleRate, options.onPack);
  }
  const corpus = await openCorpus(packed);
  const runtime = createRuntime({ worker: false });
  try {
    const { weights, step } = await train({
      recipe,
      corpus,
      folder: work,
      runtime,
      logEvery: Math.min(20, recipe.schedule.steps),
      ...(from ? { from } : {}),
      ...(signal ? { signal } : {}),
      ...(onNews ? { onNews } : {}),
    });
    const label = {
      name,
      version: 1,
      description: `Trained by its user with the recipe ${recipe.name}, ${step} steps${from ? ` from ${from.id}` : ""}`,
      licence: "not stated",
      provenance: { recipe, step, ...(from ? { from: from.id } : {}) },
    };
    await writeModel(out, recipe, weights, label, corpus, runtime);
    return { folder: out, step };
  } finally {
    corpus.close();
  }
}

function recipeOf({ recipe = recipes[0]!, steps }: TrainFolderOptions): Recipe {
  const found = typeof recipe === "string" ? recipeByName(recipe) : recipe;
  return steps === undefined ? found : withSteps(found, steps);
}
