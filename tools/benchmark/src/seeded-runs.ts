import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { NacreError } from "@nacre/errors";
import { writeWhole } from "@nacre/training";

/** One training that is done, as its file in the work folder holds it. */
export type FinishedRun = { setting: string; seed: number; seconds: number; figures: Record<string, number> };

/** Numbers of a step just done, by name. */
export type OnStep = (step: number, metrics: Readonly<Record<string, number>>) => void;

/** A run's turn, the step that it is at, and seconds to the end of all at the pace so far. */
export type RunNews = {
  run: number;
  runs: number;
  setting: string;
  seed: number;
  step: number;
  steps: number;
  metrics: Readonly<Record<string, number>>;
  secondsLeft: number;
};

/**
 * Trainings of every setting with every seed.
 *
 * folder    keeps the numbers of every finished run; a run found there is not done again
 * seeds     every setting is trained with seeds 1 .. seeds, all settings of a seed before the next seed
 * first     the seed to begin with, 1 by default: processes that share a folder divide the seeds so
 * finished  leaves out what is not done yet instead of doing it
 * decides   everything that decides a run, as data: a run of anything else in the folder is refused
 * train     one run: trains and measures
 */
export type SeededRuns<Setting extends { name: string }> = {
  folder: string;
  settings: readonly Setting[];
  seeds: number;
  first?: number;
  steps: number;
  finished: boolean;
  decides(setting: Setting, seed: number): object;
  train(setting: Setting, seed: number, onStep: OnStep): Promise<Record<string, number>>;
  onNews(news: RunNews): void;
};

type Turn<Setting> = { setting: Setting; seed: number };

/**
 * Does what is not done yet, and answers with every finished run.
 * throws NacreError "option" when the folder holds a run that something else decided, and what `train` throws
 */
export async function seededRuns<Setting extends { name: string }>(
  options: SeededRuns<Setting>,
): Promise<FinishedRun[]> {
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
      done[turns.indexOf(turn)] = await doRun(options, turn, (step, metrics) =>
        pace(at, turn, step, metrics),
      );
    }
  }
  return done.filter((run) => run !== undefined);
}

async function doRun<Setting extends { name: string }>(
  { folder, decides, train }: SeededRuns<Setting>,
  { setting, seed }: Turn<Setting>,
  onStep: OnStep,
): Promise<FinishedRun> {
  const begun = performance.now();
  const figures = await train(setting, seed, onStep);
  const run = { setting: setting.name, seed, seconds: (performance.now() - begun) / 1000, figures };
  const text = JSON.stringify({ ...decides(setting, seed), ...run }, null, 2);
  await writeWhole(pathOf(folder, setting, seed), text);
  return run;
}

async function readRun<Setting extends { name: string }>(
  { folder, decides }: SeededRuns<Setting>,
  { setting, seed }: Turn<Setting>,
): Promise<FinishedRun | undefined> {
  const path = pathOf(folder, setting, seed);
  if (!existsSync(path)) return undefined;
  const stored = parse(await readFile(path, "utf8"), path);
  const wanted = decides(setting, seed);
  const before = Object.fromEntries(Object.keys(wanted).map((name) => [name, stored[name]]));
  if (JSON.stringify(before) === JSON.stringify(wanted)) {
    const { setting: name, seed: own, seconds, figures } = stored;
    return { setting: name, seed: own, seconds, figures };
  }
  throw new NacreError("option", {
    found: `${path} of another recipe or number of steps`,
    expected: "a run of this table",
    mend: "name another --folder, or the steps that it was begun with",
  });
}

type StoredRun = FinishedRun & Record<string, unknown>;

function parse(text: string, path: string): StoredRun {
  try {
    return JSON.parse(text) as StoredRun;
  } catch (cause) {
    const parts = { found: `${path} is not JSON`, expected: "a finished run", mend: "delete it" };
    throw new NacreError("option", parts, { cause });
  }
}

function pathOf(folder: string, { name }: { name: string }, seed: number): string {
  return join(folder, `${name}-${seed}.json`);
}

/** Tells news with the time left, from the pace of this sitting. */
function paceOf<Setting extends { name: string }>({ steps, onNews }: SeededRuns<Setting>, runs: number) {
  const begun = performance.now();
  return (
    at: number,
    { setting, seed }: Turn<Setting>,
    step: number,
    metrics: Readonly<Record<string, number>>,
  ) => {
    const part = at + step / steps;
    const secondsLeft = ((runs - part) * (performance.now() - begun)) / 1000 / part;
    onNews({ run: at + 1, runs, setting: setting.name, seed, step, steps, metrics, secondsLeft });
  };
}
