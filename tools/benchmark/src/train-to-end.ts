import { NacreError } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import {
  type AnyCorpus,
  type AnyRecipe,
  buildStep,
  openRun,
  patience,
  type Weights,
  weightsOf,
} from "@nacre/training";
import type { OnStep } from "./seeded-runs.js";

/** What a short training gives: averaged weights, and how many steps were without finite numbers. */
export type TrainedToEnd = { weights: Weights; skipped: number };

/**
 * Trains a recipe to its end, without checkpoints: it is short.
 *
 * onStep   told of steps with finite numbers
 * throws   NacreError "runtime" when the numbers stay NaN or infinite
 */
export async function trainToEnd(
  recipe: AnyRecipe,
  corpus: AnyCorpus,
  { runtime, threads, onStep }: { runtime: Runtime; threads: number; onStep: OnStep },
): Promise<TrainedToEnd> {
  const graph = buildStep(recipe);
  const run = await openRun(recipe, graph, corpus, runtime, { threads });
  let [skipped, failures] = [0, 0];
  try {
    for (let step = 1; step <= recipe.schedule.steps; step++) {
      const finite = await run.step(step);
      failures = finite ? 0 : failures + 1;
      if (failures > patience) throw diverged(step);
      if (finite) onStep(step, run.metrics());
      else skipped++;
    }
    // Copies: the arrays go with the run.
    const { parameters } = weightsOf(graph, run.values());
    const copies = Object.entries(parameters).map(([name, values]) => [name, values.slice()]);
    return { weights: { parameters: Object.fromEntries(copies) }, skipped };
  } finally {
    await run.close();
  }
}

function diverged(step: number): NacreError {
  return new NacreError("runtime", {
    found: `${patience + 1} steps up to step ${step} without finite numbers`,
    expected: "losses that are numbers",
  });
}
