import { join, resolve } from "node:path";
import { createRuntime } from "@nacre/runtime/node";
import {
  buildStep,
  initialState,
  loadCheckpoint,
  openCorpus,
  recipeByName,
  weightsOf,
  writeModel,
} from "@nacre/training";
import { type ChoiceOptions, choiceOf } from "./choice.js";

type ModelOptions = ChoiceOptions & { out: string; modelVersion: number; corpus: string; folder: string };

/**
 * Writes a run's averaged weights as a model, with the corpora they heard in its provenance: the part of
 * the corpus that is chosen has to be the one that the run was given.
 */
export async function makeModel(name: string, options: ModelOptions): Promise<void> {
  const recipe = recipeByName(name);
  const graph = buildStep(recipe);
  const values = initialState(recipe, graph);
  const checkpoint = join(resolve(options.folder, name), "checkpoint.safetensors");
  const { step, seconds } = await loadCheckpoint(checkpoint, recipe, graph, values);
  const corpus = await openCorpus(resolve(options.corpus), choiceOf(options));
  const label = {
    name,
    version: options.modelVersion,
    description: recipe.description,
    licence: "Apache-2.0",
    provenance: { recipe, step, hours: Number((seconds / 3600).toFixed(2)), corpora: corpus.sources },
  };
  await writeModel(resolve(options.out), recipe, weightsOf(graph, values), label, corpus, createRuntime());
  corpus.close();
  console.log(`${name}@${options.modelVersion} of step ${step} stands in ${options.out}`);
}
