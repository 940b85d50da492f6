import { join, resolve } from "node:path";
import { createRuntime } from "@nacre/runtime/node";
import {
  anyRecipeByName,
  buildStep,
  initialState,
  loadCheckpoint,
  weightsOf,
  writeFilmModel,
  writeModel,
  writePictureModel,
} from "@nacre/training";
import { type CorpusOptions, pictureCorpusOf, soundCorpusOf } from "./choice.js";

type ModelOptions = CorpusOptions & { out: string; modelVersion: number; folder: string; bits?: "8" | "16" };

/**
 * Writes a run's averaged weights as a model, with the corpora they heard in its provenance: the part of
 * the corpus that is chosen has to be the one that the run was given.
 */
export async function makeModel(name: string, options: ModelOptions): Promise<void> {
  const recipe = anyRecipeByName(name);
  const graph = buildStep(recipe);
  const values = initialState(recipe, graph);
  const checkpoint = join(resolve(options.folder, name), "checkpoint.safetensors");
  const { step, seconds } = await loadCheckpoint(checkpoint, recipe, graph, values);
  const weights = weightsOf(graph, values);
  const out = resolve(options.out);
  const bits = options.bits === "8" ? 8 : 16;
  const hours = Number((seconds / 3600).toFixed(2));
  const labelFor = (corpora: unknown) => ({
    name,
    version: options.modelVersion,
    description: recipe.description,
    licence: "Apache-2.0",
    provenance: { recipe, step, hours, corpora },
  });
  if ("medium" in recipe) {
    const corpus = await pictureCorpusOf(options);
    const label = labelFor(corpus.sources);
    if (recipe.medium === "picture")
      await writePictureModel(out, recipe, weights, label, corpus, createRuntime(), { bits });
    else await writeFilmModel(out, recipe, weights, label, corpus, createRuntime(), { bits });
    corpus.close();
  } else {
    const corpus = await soundCorpusOf(options);
    await writeModel(out, recipe, weights, labelFor(corpus.sources), corpus, createRuntime(), { bits });
    corpus.close();
  }
  console.log(`${name}@${options.modelVersion} of step ${step} stands in ${options.out}`);
}
