import { createRuntime } from "@nacre/runtime/node";
import type { Corpus } from "@nacre/training";
import { type FinishedRun, type OnStep, type RunNews, seededRuns } from "../seeded-runs.js";
import { type Figures, figuresOf } from "./figures.js";
import { heldSounds } from "./held-sounds.js";
import { recipeFor, type Setting } from "./settings.js";
import { trainSetting } from "./train-setting.js";

/** Sounds that models are measured on: crops of held speakers, frames each; the first `heard` are listened to. */
export type Held = { items: number; heard: number; frames: number; seed: number };

/**
 * corpus   packed, with held speakers
 * folder, settings, seeds, first, finished  as `seededRuns` has them
 */
export type TableOptions = {
  corpus: Corpus;
  folder: string;
  settings: readonly Setting[];
  seeds: number;
  first?: number;
  steps: number;
  held: Held;
  threads: number;
  finished: boolean;
  onNews: (news: RunNews) => void;
};

/**
 * Trains and measures every setting with every seed.
 *
 * throws  NacreError "option" when the folder holds a run of another recipe, "media" when the corpus has no
 *         held sound, "runtime" when a training diverges
 */
export function runTable({ corpus, held, threads, ...options }: TableOptions): Promise<FinishedRun[]> {
  const { steps } = options;
  return seededRuns({
    ...options,
    decides: (setting, seed) => ({ recipe: recipeFor(setting, seed, steps), held }),
    train: (setting, seed, onStep) => doRun({ corpus, held, threads, steps }, setting, seed, onStep),
  });
}

async function doRun(
  { corpus, steps, held, threads }: Pick<TableOptions, "corpus" | "steps" | "held" | "threads">,
  setting: Setting,
  seed: number,
  onStep: OnStep,
): Promise<Figures> {
  const runtime = createRuntime({ worker: false });
  const recipe = recipeFor(setting, seed, steps);
  const { weights, replaced, skipped } = await trainSetting(recipe, corpus, { runtime, threads, onStep });
  const sounds = heldSounds(corpus, { ...held, samples: held.frames * recipe.encoder.hop });
  const measured = await figuresOf(recipe, weights, sounds, { heard: held.heard, runtime, threads });
  return { ...measured, replaced, skipped };
}
