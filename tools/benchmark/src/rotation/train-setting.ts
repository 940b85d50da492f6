import type { Runtime } from "@nacre/runtime";
import type { Corpus, RecipeOf, ResidualVectorRecipe } from "@nacre/training";
import type { OnStep } from "../seeded-runs.js";
import { type TrainedToEnd, trainToEnd } from "../train-to-end.js";

/** What one short training gives; replaced counts the entries that were replaced as dead. */
export type Trained = TrainedToEnd & { replaced: number };

/** Trains a recipe to its end. throws as trainToEnd */
export async function trainSetting(
  recipe: RecipeOf<ResidualVectorRecipe>,
  corpus: Corpus,
  { onStep, ...options }: { runtime: Runtime; threads: number; onStep: OnStep },
): Promise<Trained> {
  let replaced = 0;
  const trained = await trainToEnd(recipe, corpus, {
    ...options,
    onStep(step, metrics) {
      replaced += replacedAsDead(recipe, step, metrics);
      onStep(step, metrics);
    },
  });
  return { ...trained, replaced };
}

/** Entries replaced in a step; a layer that starts from data in it replaces all, and they do not count. */
function replacedAsDead(
  { quantizer: { layers, startEvery } }: RecipeOf<ResidualVectorRecipe>,
  step: number,
  metrics: Readonly<Record<string, number>>,
): number {
  let count = 0;
  for (let layer = 0; layer < layers; layer++) {
    if (step !== layer * startEvery + 1) count += metrics[`dead.${layer + 1}`]!;
  }
  return count;
}
