import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { createRuntime } from "@nacre/runtime/node";
import { type Corpus, writeWhole } from "@nacre/training";
import { type Figures, figuresOf } from "./figures.js";
import { heldSounds } from "./held-sounds.js";
import { recipeFor, type Setting } from "./settings.js";
import { trainSetting } from "./train-setting.js";

/** One training that is done, as its file in the work folder holds it. */
export type FinishedRun = { setting: string; seed: number; seconds: number; figures: Figures };

/** Sounds that models are measured on: crops of held speakers, frames each; the first `heard` are listened to. */
export type Held = { items: number; heard: number; frames: number; seed: number };

/** A run's turn, the step that it is at, and seconds to the end of all at the pace so far. */
export type TableNews = {
  run: number;
  runs: number;
  setting: string;
  seed: number;
  step: number;
  steps: number;
  mel: number;
  secondsLeft: number;
};

/**
 * corpus   packed, with held speakers
 * folder   keeps the numbers of every finished run; a run found there is not done again
 * seeds    every setting is trained with seeds 1 .. seeds, all settings of a seed before the next seed
 * first    the seed to begin with, 1 by default: processes that share a folder divide the seeds so
 * finished leaves out what is not done yet instead of doing it
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
  onNews: (news: TableNews) => void;
};

type Turn = { setting: Setting; seed: number };

/**
 * Trains and measures every setting with every seed.
 *
 * throws  NacreError "option" when the folder holds a run of another recipe, "media" when the corpus has no
 *         held sound, "runtime" when a training diverges
 */
export async function runTable(options: TableOptions): Promise<FinishedRun[]> {
  const { folder, settings, seeds, first = 1 } = options;
  await mkdir(folder, { recursive: true });
  const turns = Array.from({ length: seeds + 1 - first }, (_, i) =>
    settings.map((setting) => ({ setting, seed: first + i })),
  ).flat();
  const done = await Promise.all(turns.map((turn) => readRun(options, turn)));
  const missing = turns.filter((_, i) => done[i] === undefined);
  if (!options.finished) {
    const pace = paceOf(options, missing.length);
    for (const [at, turn] of missing.entries()) {
      done[turns.indexOf(turn)] = await doRun(options, turn, (step, mel) => pace(at, turn, step, mel));
    }
  }
  return done.filter((run) => run !== undefined);
}

async function doRun(
  { corpus, folder, steps, held, threads }: TableOptions,
  { setting, seed }: Turn,
  onStep: (step: number, mel: number) => void,
): Promise<FinishedRun> {
  const begun = performance.now();
  const runtime = createRuntime({ worker: false });
  const recipe = recipeFor(setting, seed, steps);
  const { weights, replaced, skipped } = await trainSetting(recipe, corpus, {
    runtime,
    threads,
    onStep: (step, { mel }) => onStep(step, mel!),
  });
  const sounds = heldSounds(corpus, { ...held, samples: held.frames * recipe.encoder.hop });
  const measured = await figuresOf(recipe, weights, sounds, { heard: held.heard, runtime, threads });
  const figures = { ...measured, replaced, skipped };
  const run = { setting: setting.name, seed, seconds: (performance.now() - begun) / 1000, figures };
  await writeWhole(pathOf(folder, { setting, seed }), JSON.stringify({ recipe, held, ...run }, null, 2));
  return run;
}

async function readRun({ folder, steps, held }: TableOptions, turn: Turn): Promise<FinishedRun | undefined> {
  const path = pathOf(folder, turn);
  if (!existsSync(path)) return undefined;
  const { recipe, held: before, ...run } = parse(await readFile(path, "utf8"), path);
  const wanted = recipeFor(turn.setting, turn.seed, steps);
  if (JSON.stringify([recipe, before]) === JSON.stringify([wanted, held])) return run;
  throw new NacreError("option", {
    found: `${path} of another recipe or number of steps`,
    expected: "a run of this table",
    mend: "name another --folder, or the steps that it was begun with",
  });
}

type StoredRun = FinishedRun & { recipe: unknown; held: unknown };

function parse(text: string, path: string): StoredRun {
  try {
    return JSON.parse(text) as StoredRun;
  } catch (cause) {
    const parts = { found: `${path} is not JSON`, expected: "a finished run", mend: "delete it" };
    throw new NacreError("option", parts, { cause });
  }
}

function pathOf(folder: string, { setting, seed }: Turn): string {
  return join(folder, `${setting.name}-${seed}.json`);
}

/** Tells news with the time left, from the pace of this sitting. */
function paceOf({ steps, onNews }: TableOptions, runs: number) {
  const begun = performance.now();
  return (at: number, { setting, seed }: Turn, step: number, mel: number) => {
    const part = at + step / steps;
    const secondsLeft = ((runs - part) * (performance.now() - begun)) / 1000 / part;
    onNews({ run: at + 1, runs, setting: setting.name, seed, step, steps, mel, secondsLeft });
  };
}
