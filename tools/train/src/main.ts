#!/usr/bin/env node
import { resolve } from "node:path";
import { isNacreError, NacreError } from "@nacre/errors";
import { createRuntime } from "@nacre/runtime/node";
import { openCorpus, type Recipe, recipes, type TrainingNews, train } from "@nacre/training";
import { Command } from "commander";

const program = new Command("train")
  .description("Trains a recipe on a packed corpus; a run found in the folder goes on where it stopped.")
  .argument("<recipe>", recipes.map(({ name }) => name).join(", "))
  .option("--corpus <folder>", "packed by tools/corpora", "corpora/packed")
  .option("--folder <folder>", "checkpoint and log", "runs")
  .option("--steps <count>", "length of the schedule", Number)
  .option("--threads <count>", "of the network engine", Number)
  .option("--save-every <steps>", "between checkpoints", Number, 500)
  .option("--validate-every <steps>", "between validations", Number, 500)
  .action(run);

type Options = {
  corpus: string;
  folder: string;
  steps?: number;
  threads?: number;
  saveEvery: number;
  validateEvery: number;
};

async function run(name: string, options: Options): Promise<void> {
  const recipe = withSteps(recipeOf(name), options.steps);
  const corpus = await openCorpus(resolve(options.corpus));
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
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onNews: tell,
  });
  corpus.close();
  console.log(`stopped after step ${step} of ${recipe.schedule.steps}`);
}

function recipeOf(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  throw new NacreError("option", {
    found: `recipe "${name}"`,
    expected: recipes.map(({ name }) => name).join(", "),
  });
}

function withSteps(recipe: Recipe, steps: number | undefined): Recipe {
  return steps === undefined ? recipe : { ...recipe, schedule: { ...recipe.schedule, steps } };
}

function tell({ step, steps, seconds, audioPerSecond, metrics, validation }: TrainingNews): void {
  const line = [
    `${step}/${steps}`,
    `${(seconds / 60).toFixed(1)} min`,
    `${audioPerSecond.toFixed(1)} s/s`,
    `mel ${metrics.mel?.toFixed(4)}`,
    `SI-SDR ${(-(metrics.siSdr ?? 0)).toFixed(2)}`,
  ];
  console.log(line.join("  "));
  for (const { layers, mel, siSdr } of validation ?? []) {
    console.log(`  ${layers} layers: mel ${mel.toFixed(4)}, SI-SDR ${siSdr.toFixed(2)} dB`);
  }
}

program.parseAsync().catch((error: unknown) => {
  if (!isNacreError(error)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
