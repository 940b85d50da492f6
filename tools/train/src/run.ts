import { resolve } from "node:path";
import { readModel } from "@nacre/codec/node";
import { createRuntime } from "@nacre/runtime/node";
import { openCorpus, recipeByName, type TrainingNews, train, withSteps } from "@nacre/training";
import { type ChoiceOptions, choiceOf } from "./choice.js";

type RunOptions = ChoiceOptions & {
  corpus: string;
  folder: string;
  steps?: number;
  threads?: number;
  from?: string;
  saveEvery: number;
  validateEvery: number;
};

/** Trains until the schedule's end or an interrupt; a checkpoint stands in both cases. */
export async function run(name: string, options: RunOptions): Promise<void> {
  const found = recipeByName(name);
  const recipe = options.steps === undefined ? found : withSteps(found, options.steps);
  const corpus = await openCorpus(resolve(options.corpus), choiceOf(options));
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
    ...(options.from === undefined ? {} : { from: await readModel(resolve(options.from)) }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onNews: tell,
  });
  corpus.close();
  console.log(`stopped after step ${step} of ${recipe.schedule.steps}`);
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
  for (const { layers, mel, siSdr, intelligibility } of validation ?? []) {
    const heard = intelligibility === undefined ? "" : `, intelligibility ${intelligibility.toFixed(3)}`;
    console.log(`  ${layers} layers: mel ${mel.toFixed(4)}, SI-SDR ${siSdr.toFixed(2)} dB${heard}`);
  }
}
