import { existsSync } from "node:fs";
import { join } from "node:path";
import type { NetworkModel } from "@nacre/codec";
import type { Runtime } from "@nacre/runtime";
import { createRuntime } from "@nacre/runtime/node";
import { type Corpus, openCorpus } from "./corpus.js";
import { writeFilmModel } from "./film-model-folder.js";
import { type ModelLabel, writeModel } from "./model-folder.js";
import { packFolder } from "./pack-folder.js";
import { writePictureModel } from "./picture-model-folder.js";
import { packPictureFolder } from "./pictures/pack-picture-folder.js";
import { openPictureCorpus, type PictureCorpus } from "./pictures/picture-corpus.js";
import type { PictureRecipe } from "./pictures/picture-recipe.js";
import type { AnyCorpus, Weights } from "./plan.js";
import { anyRecipeByName, recipes } from "./recipes/index.js";
import type { AnyRecipe, Recipe } from "./recipes/recipe.js";
import { withSteps } from "./schedule.js";
import { type TrainingNews, train } from "./train.js";
import type { FilmRecipe } from "./video/film-recipe.js";

/** Training on a user's own files. */
export type TrainFolderOptions = {
  /** Sound or picture files, as the recipe is for, or folders of them. */
  inputs: readonly string[];
  /** The model's folder, written at the end. */
  out: string;
  /** Packed files, checkpoint and log; a run found there is resumed. */
  work: string;
  steps?: number;
  /** Of the model; lower-case letters, digits, dots, dashes. */
  name?: string;
  /** A recipe's name, or one of the caller's own; the first recipe of sound by default. */
  recipe?: string | AnyRecipe;
  /** A trained model of sound that the run begins from; its networks have to be the recipe's. */
  from?: NetworkModel;
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
  const recipe = recipeOf(options);
  if (!("medium" in recipe)) return trainOn(soundsOf(recipe), recipe, options);
  if (recipe.medium === "picture") return trainOn(picturesOf(recipe), recipe, options);
  return trainOn(filmsOf(recipe), recipe, options);
}

async function trainOn<C extends AnyCorpus>(
  medium: FolderMedium<C>,
  recipe: AnyRecipe,
  options: TrainFolderOptions,
): Promise<{ folder: string; step: number }> {
  const { inputs, out, work, name = "own", from, signal, onNews } = options;
  const packed = join(work, "corpus");
  if (!existsSync(join(packed, "index.json"))) await medium.pack(inputs, packed, options.onPack);
  const corpus = await medium.open(packed);
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
    await medium.write(out, weights, label, corpus, runtime);
    return { folder: out, step };
  } finally {
    corpus.close();
  }
}

/** What training on a folder does differently for each medium. */
type FolderMedium<C extends AnyCorpus> = {
  pack(inputs: readonly string[], folder: string, onFile?: TrainFolderOptions["onPack"]): Promise<unknown>;
  open(folder: string): Promise<C>;
  write(out: string, weights: Weights, label: ModelLabel, corpus: C, runtime: Runtime): Promise<void>;
};

function soundsOf(recipe: Recipe): FolderMedium<Corpus> {
  return {
    pack: (inputs, folder, onFile) => packFolder(inputs, folder, recipe.encoder.sampleRate, onFile),
    open: openCorpus,
    write: (out, ...rest) => writeModel(out, recipe, ...rest),
  };
}

function picturesOf(recipe: PictureRecipe): FolderMedium<PictureCorpus> {
  return {
    pack: (inputs, folder, onFile) => packPictureFolder(inputs, folder, recipe.crop, onFile),
    open: openPictureCorpus,
    write: (out, ...rest) => writePictureModel(out, recipe, ...rest),
  };
}

/** Clips are made from pictures. */
function filmsOf(recipe: FilmRecipe): FolderMedium<PictureCorpus> {
  return {
    pack: (inputs, folder, onFile) => packPictureFolder(inputs, folder, recipe.crop, onFile),
    open: openPictureCorpus,
    write: (out, ...rest) => writeFilmModel(out, recipe, ...rest),
  };
}

function recipeOf({ recipe = recipes[0]!, steps }: TrainFolderOptions): AnyRecipe {
  const found = typeof recipe === "string" ? anyRecipeByName(recipe) : recipe;
  return steps === undefined ? found : withSteps(found, steps);
}
