import { NacreError } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import {
  buildStep,
  type Corpus,
  openRun,
  patience,
  type RecipeOf,
  type ResidualVectorRecipe,
  type Weights,
  weightsOf,
} from "@nacre/training";

/** What one short training gives. */
export type Trained = { weights: Weights; replaced: number; skipped: number };

/** Numbers of the step just done, by name, as the recipe's training tells them. */
export type OnStep = (step: number, metrics: Record<string, number>) => void;

/**
 * Trains a recipe to its end, without checkpoints: it is short.
 *
 * returns  averaged weights, how many entries were replaced as dead, and steps without finite numbers
 * throws   NacreError "runtime" when the numbers stay NaN or infinite
 */
export async function trainSetting(
  recipe: RecipeOf<ResidualVectorRecipe>,
  corpus: Corpus,
  { runtime, threads, onStep }: { runtime: Runtime; threads: number; onStep: OnStep },
): Promise<Trained> {
  const graph = buildStep(recipe);
  const run = await openRun(recipe, graph, corpus, runtime, { threads });
  let [replaced, skipped, failures] = [0, 0, 0];
  try {
    for (let step = 1; step <= recipe.schedule.steps; step++) {
      const finite = await run.step(step);
      failures = finite ? 0 : failures + 1;
      if (failures > patience) throw diverged(step);
      if (!finite) skipped++;
      else replaced += replacedAsDead(recipe, step, run.metrics());
      onStep(step, run.metrics());
    }
    // Copies: the arrays go with the run.
    const { parameters } = weightsOf(graph, run.values());
    const copies = Object.entries(parameters).map(([name, values]) => [name, values.slice()]);
    return { weights: { parameters: Object.fromEntries(copies) }, replaced, skipped };
  } finally {
    await run.close();
  }
}

/** Entries replaced in a step; a layer that starts from data in it replaces all, and they do not count. */
function replacedAsDead(
  { quantizer: { layers, startEvery } }: RecipeOf<ResidualVectorRecipe>,
  step: number,
  metrics: Record<string, number>,
): number {
  let count = 0;
  for (let layer = 0; layer < layers; layer++) {
    if (step !== layer * startEvery + 1) count += metrics[`dead.${layer + 1}`]!;
  }
  return count;
}

function diverged(step: number): NacreError {
  return new NacreError("runtime", {
    found: `${patience + 1} steps up to step ${step} without finite numbers`,
    expected: "losses that are numbers",
  });
}
