import { existsSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { NetworkModel } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import { loadCheckpoint, type Progress, saveCheckpoint } from "./checkpoint.js";
import { viewsOf } from "./optimizer/chunks.js";
import type { AnyCorpus, ValidationPoint, Weights } from "./plan.js";
import { planOf } from "./plans.js";
import type { AnyRecipe, Recipe } from "./recipes/recipe.js";
import { openRun, type Run } from "./run.js";
import { recipeFrom, startFrom } from "./start.js";
import type { StateValues } from "./state.js";
import { buildStep, type StepGraph } from "./step.js";

/** What a run tells while it goes; each is a line of log.jsonl too. */
export type TrainingNews = {
  step: number;
  steps: number;
  /** Trained so far, all sittings together. */
  seconds: number;
  /** To the end of the schedule, at this sitting's pace. */
  secondsLeft: number;
  /** What was trained per second of this sitting: seconds of sound, or megapixels. */
  pace: { amount: number; unit: string };
  /** Losses, the gradient's norm, and "perplexity.1", "dead.1", "error.1" .. of every layer. */
  metrics: Record<string, number>;
  validation?: ValidationPoint[];
};

/** How a run is carried out; the recipe alone decides what it computes. */
export type TrainOptions = {
  recipe: AnyRecipe;
  corpus: AnyCorpus;
  /** Holds checkpoint.safetensors and log.jsonl; a run found there is resumed. */
  folder: string;
  runtime: Runtime;
  threads?: number;
  /** A trained model whose weights a new run begins from; named again when that run is resumed. */
  from?: NetworkModel;
  /** Steps between lines of the log, validations and checkpoints. */
  logEvery?: number;
  validateEvery?: number;
  saveEvery?: number;
  /** Ends the sitting with a checkpoint. */
  signal?: AbortSignal;
  onNews?: (news: TrainingNews) => void;
};

/** Names of the files in a run's folder. */
export const runFiles = { checkpoint: "checkpoint.safetensors", log: "log.jsonl" } as const;

/** Steps in a row that may fail to give finite numbers before the run is given up. */
export const patience = 20;

/**
 * Trains to the end of the recipe's schedule, or until `signal`.
 *
 * A step whose numbers are not finite leaves the state as it was, and the log says so.
 *
 * returns  averaged weights
 * throws   NacreError "runtime" when the numbers stay NaN or infinite, "model" when the folder holds
 *          another recipe's run or `from` has other networks, "media" when the corpus has nothing to train on or another rate,
 *          "option" for a recipe whose numbers do not fit each other
 */
export async function train(options: TrainOptions): Promise<{ weights: Weights; step: number }> {
  const { corpus, folder, runtime, threads, from } = options;
  const recipe = from ? recipeFrom(from, soundRecipe(options.recipe)) : options.recipe;
  await mkdir(folder, { recursive: true });
  const graph = buildStep(recipe);
  const run = await openRun(recipe, graph, corpus, runtime, {
    ...(threads === undefined ? {} : { threads }),
    ...(from ? { start: startFrom(from, soundRecipe(recipe), graph) } : {}),
  });
  try {
    const step = await trainSteps({ ...options, recipe }, graph, run);
    return { weights: weightsOf(graph, run.values()), step };
  } finally {
    await run.close();
  }
}

async function trainSteps(options: TrainOptions, graph: StepGraph, run: Run): Promise<number> {
  const { recipe, folder, signal, logEvery = 20, saveEvery = 500 } = options;
  const checkpoint = join(folder, runFiles.checkpoint);
  const before: Progress = existsSync(checkpoint)
    ? await loadCheckpoint(checkpoint, recipe, graph, run.values())
    : { step: 0, seconds: 0 };
  const begun = performance.now();
  const seconds = () => before.seconds + (performance.now() - begun) / 1000;
  const { steps } = recipe.schedule;
  let step = before.step;
  let saved = step;
  for (let failures = 0; step < steps && !signal?.aborted; ) {
    step++;
    const finite = await run.step(step);
    failures = finite ? 0 : failures + 1;
    const last = step === steps || signal?.aborted === true;
    if (!finite) await logLine(folder, { step, steps, skipped: "its numbers were not finite" });
    else if (step % logEvery === 0 || last) await tell(options, graph, run, { step, before, seconds }, last);
    if (failures > patience) throw diverged(step);
    if (step % saveEvery !== 0 && !last) continue;
    await saveCheckpoint(checkpoint, recipe, graph, run.values(), { step, seconds: seconds() });
    saved = step;
  }
  // The signal may also have come while news were told.
  if (saved < step)
    await saveCheckpoint(checkpoint, recipe, graph, run.values(), { step, seconds: seconds() });
  return step;
}

async function tell(
  { recipe, corpus, folder, runtime, validateEvery = 500, onNews }: TrainOptions,
  graph: StepGraph,
  run: Run,
  { step, before, seconds }: { step: number; before: Progress; seconds: () => number },
  last: boolean,
): Promise<void> {
  const { steps } = recipe.schedule;
  const done = step - before.step;
  const sitting = seconds() - before.seconds;
  const plan = planOf(recipe);
  const { amount, unit } = plan.trained;
  const news: TrainingNews = {
    step,
    steps,
    seconds: seconds(),
    secondsLeft: ((steps - step) * sitting) / done,
    pace: { amount: (done * amount) / sitting, unit },
    metrics: run.metrics(),
  };
  if (step % validateEvery === 0 || last) {
    news.validation = await plan.validate(weightsOf(graph, run.values()), corpus, runtime);
  }
  await logLine(folder, news);
  onNews?.(news);
}

async function logLine(folder: string, line: object): Promise<void> {
  await appendFile(join(folder, runFiles.log), `${JSON.stringify(line)}\n`);
}

/** The averaged weights of a state. */
export function weightsOf(
  { recipe, chunks }: Pick<StepGraph, "recipe" | "chunks">,
  values: StateValues,
): Weights {
  const views = chunks.map((chunk) => viewsOf(chunk, values[`average.${chunk.name}`]!));
  return { parameters: Object.assign({}, ...views, planOf(recipe).tensors(values)) };
}

function soundRecipe(recipe: AnyRecipe): Recipe {
  if (!("medium" in recipe)) return recipe;
  throw new NacreError("option", {
    found: `a run of ${recipe.name} that begins from a model`,
    expected: "a recipe of sound: models of pictures cannot be begun from yet",
    mend: "resume the run's own checkpoint",
  });
}

function diverged(step: number): NacreError {
  return new NacreError("runtime", {
    found: `${patience + 1} steps up to step ${step} without finite numbers`,
    expected: "losses that are numbers",
    mend: "resume from the last checkpoint with a lower learning rate",
  });
}
