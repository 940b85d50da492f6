import { existsSync } from "node:fs";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import type { Runtime, Session, Value, Values } from "@nacre/runtime";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
import { type Corpus, drawBatch } from "./corpus.js";
import { viewsOf } from "./optimizer/chunks.js";
import type { Recipe } from "./recipes/recipe.js";
import { buildStep, initialState, type StateValues, type StepGraph, tableRow } from "./step.js";
import { type ValidationPoint, validate, type Weights } from "./validation.js";

/** What a run tells while it goes. */
export type TrainingNews = {
  step: number;
  steps: number;
  /** Trained so far, all sittings together. */
  seconds: number;
  /** Seconds of sound trained per second of this sitting. */
  audioPerSecond: number;
  metrics: Record<string, number>;
  validation?: ValidationPoint[];
};

/** How a run is carried out; the recipe alone decides what it computes. */
export type TrainOptions = {
  recipe: Recipe;
  corpus: Corpus;
  /** Holds checkpoint.safetensors and log.jsonl; a run found there is resumed. */
  folder: string;
  runtime: Runtime;
  threads?: number;
  /** Steps between lines of the log, validations and checkpoints. */
  logEvery?: number;
  validateEvery?: number;
  saveEvery?: number;
  /** Ends the sitting with a checkpoint. */
  signal?: AbortSignal;
  onNews?: (news: TrainingNews) => void;
};

/** Steps in a row that may fail to give finite numbers before the run is given up. */
const patience = 20;

/**
 * Trains to the end of the recipe's schedule, or until `signal`.
 *
 * returns  averaged weights
 * throws   NacreError "runtime" when the loss stays NaN or infinite
 */
export async function train(options: TrainOptions): Promise<{ weights: Weights; step: number }> {
  const { recipe, folder, runtime, signal } = options;
  const { logEvery = 20, validateEvery = 500, saveEvery = 500 } = options;
  await mkdir(folder, { recursive: true });
  const graph = buildStep(recipe);
  const run = openRun(recipe, graph, await runtime.open(graph.model, threadsOf(options)), options.corpus);
  const checkpoint = join(folder, "checkpoint.safetensors");
  const before = existsSync(checkpoint)
    ? await loadCheckpoint(checkpoint, graph, run.values())
    : { step: 0, seconds: 0 };
  const begun = performance.now();
  const secondsNow = () => before.seconds + (performance.now() - begun) / 1000;
  let step = before.step;
  let failures = 0;
  while (step < recipe.schedule.steps && !signal?.aborted) {
    step++;
    const metrics = await run.step(step);
    failures = metrics ? 0 : failures + 1;
    if (failures > patience) throw diverged(step);
    const last = step === recipe.schedule.steps || signal?.aborted === true;
    if (metrics && (step % logEvery === 0 || last)) {
      const sitting = secondsNow() - before.seconds;
      const audioSeconds =
        ((step - before.step) * graph.audioShape[0] * graph.audioShape[1]) / recipe.encoder.sampleRate;
      const news: TrainingNews = {
        step,
        steps: recipe.schedule.steps,
        seconds: secondsNow(),
        audioPerSecond: audioSeconds / sitting,
        metrics,
      };
      if (step % validateEvery === 0 || last) {
        news.validation = await validate(recipe, weightsOf(graph, run.values()), options.corpus, runtime);
      }
      await appendFile(join(folder, "log.jsonl"), `${JSON.stringify(news)}\n`);
      options.onNews?.(news);
    }
    if (step % saveEvery === 0 || last) {
      await saveCheckpoint(checkpoint, recipe, graph, run.values(), { step, seconds: secondsNow() });
    }
  }
  await run.close();
  return { weights: weightsOf(graph, run.values()), step };
}

/** The averaged weights of a state. */
export function weightsOf({ chunks }: StepGraph, values: StateValues): Weights {
  const views = chunks.map((chunk) => viewsOf(chunk, values[`average.${chunk.name}`]!));
  return { parameters: Object.assign({}, ...views), codebooks: values["quantizer.codebooks"]! };
}

type Run = {
  /** One step; undefined when its numbers were not finite and the state was left as it was. */
  step(step: number): Promise<Record<string, number> | undefined>;
  values(): StateValues;
  close(): Promise<void>;
};

// Two sets of buffers that swap: a step reads one and writes the other, and allocates nothing.
function openRun(recipe: Recipe, graph: StepGraph, session: Session, corpus: Corpus): Run {
  let current = initialState(recipe, graph);
  let next: StateValues = Object.fromEntries(
    graph.state.map(({ name }) => [name, new Float32Array(current[name]!.length)]),
  );
  const audio = new Float32Array(graph.audioShape[0] * graph.audioShape[1]);
  const metrics = new Float32Array(graph.metricNames.length);
  const valuesOf = (state: StateValues, prefix: string): Values =>
    Object.fromEntries(graph.state.map(({ name, shape }) => [prefix + name, float32(shape, state[name]!)]));
  return {
    async step(step) {
      drawBatch(corpus, recipe.seed, step, recipe.batch, audio);
      const row = tableRow(recipe, graph.table, step);
      await session.run(
        {
          audio: float32(graph.audioShape, audio),
          row: float32([row.length], row),
          ...valuesOf(current, ""),
        },
        { metrics: float32([metrics.length], metrics), ...valuesOf(next, "next.") },
      );
      const found = Object.fromEntries(graph.metricNames.map((name, i) => [name, metrics[i]!]));
      if (!Number.isFinite(found.gradientNorm) || !metrics.every(Number.isFinite)) return undefined;
      [current, next] = [next, current];
      return found;
    },
    values: () => current,
    close: () => session.close(),
  };
}

function float32(shape: readonly number[], data: Float32Array): Value {
  return { type: "float32", shape, data };
}

function threadsOf({ threads }: TrainOptions): { threads?: number } {
  return threads === undefined ? {} : { threads };
}

function diverged(step: number): NacreError {
  return new NacreError("runtime", {
    found: `${patience} steps up to step ${step} without finite numbers`,
    expected: "losses that are numbers",
    mend: "resume from the last checkpoint with a lower learning rate",
  });
}
