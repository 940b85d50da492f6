import { existsSync } from "node:fs";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { createRuntime } from "@nacre/runtime/node";
import { openCorpus } from "./corpus.js";
import { writeModel } from "./model-folder.js";
import { packFolder } from "./pack-folder.js";
import { recipes } from "./recipes/index.js";
import type { Recipe } from "./recipes/recipe.js";
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
  const { inputs, out, work, name = "own", signal, onNews } = options;
  const recipe = withSteps(recipeOf(options.recipe ?? recipes[0]!.name), options.steps);
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
      ...(signal ? { signal } : {}),
      ...(onNews ? { onNews } : {}),
    });
    const label = {
      name,
      version: 1,
      description: `Trained by its user with the recipe ${recipe.name}, ${step} steps`,
      licence: "not stated",
      provenance: { recipe, step },
    };
    await writeModel(out, recipe, weights, label, corpus, runtime);
    return { folder: out, step };
  } finally {
    corpus.close();
  }
}

function recipeOf(wanted: string | Recipe): Recipe {
  if (typeof wanted !== "string") return wanted;
  const found = recipes.find(({ name }) => name === wanted);
  if (found) return found;
  throw new NacreError("option", {
    found: `recipe "${wanted}"`,
    expected: `one of ${recipes.map(({ name }) => name).join(", ")}`,
  });
}

function withSteps(recipe: Recipe, steps: number | undefined): Recipe {
  if (steps === undefined) return recipe;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new NacreError("option", { found: `${steps} steps`, expected: "a whole number of at least 1" });
  }
  const { schedule } = recipe;
  return {
    ...recipe,
    schedule: {
      ...schedule,
      steps,
      warmup: Math.min(schedule.warmup, Math.ceil(steps / 10)),
      decay: Math.min(schedule.decay, Math.ceil(steps / 4)),
    },
  };
}
