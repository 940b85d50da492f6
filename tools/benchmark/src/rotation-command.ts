import { writeFile } from "node:fs/promises";
import { NacreError } from "@nacre/errors";
import { openCorpus } from "@nacre/training";
import type { Command } from "commander";
import { tell } from "./result.js";
import { markdownOf } from "./rotation/markdown.js";
import { runTable } from "./rotation/run-table.js";
import { recipeFor, type Setting, settings } from "./rotation/settings.js";
import { summarize } from "./rotation/summary.js";
import type { RunNews } from "./seeded-runs.js";

type Options = {
  corpus: string;
  settings?: string;
  seeds: number;
  first: number;
  steps: number;
  folder: string;
  threads: number;
  finished: boolean;
  table?: string;
  out?: string;
};

/** Crops of 1.28 s of held speakers: codes of 60, sound of 20. */
const held = { items: 60, heard: 20, frames: 192, seed: 1 };

/** `rotation`: what the gradient through the quantizer changes in a small residual codec of speech. */
export function addRotation(program: Command): void {
  program
    .command("rotation")
    .description("Trains one small codec per setting and seed, and compares them on held speakers.")
    .requiredOption("--corpus <folder>", "packed sound with held speakers, as tools/corpora makes it")
    .option("--settings <list>", "names, comma-separated; all by default")
    .option("--seeds <count>", "of every setting", Number, 3)
    .option("--first <seed>", "leaves out seeds before it, so that processes share a --folder", Number, 1)
    .option("--steps <count>", "of every run", Number, 400)
    .option("--folder <work>", "keeps finished runs; the same command goes on from them", "runs/rotation")
    .option("--threads <count>", "of the engine", Number, 1)
    .option("--finished", "tells the runs that are finished and trains none", false)
    .option("--table <file>", "writes means and differences there as Markdown")
    .option("--out <file>", "writes the JSON there too")
    .action(async ({ out, table, ...options }: Options) => {
      const figures = await measureRotation(options);
      if (table !== undefined) await writeFile(table, `${markdownOf(figures)}\n`);
      await tell("rotation", figures, out);
    });
}

async function measureRotation(options: Omit<Options, "out" | "table">) {
  const { folder, seeds, first, steps, threads, finished } = options;
  if (!Number.isInteger(seeds) || !Number.isInteger(first) || first < 1 || first > seeds) {
    const found = `${seeds} seeds from seed ${first} on`;
    throw new NacreError("option", {
      found,
      expected: "whole numbers of at least 1, the first among the seeds",
    });
  }
  const chosen = settingsNamed(options.settings);
  const corpus = await openCorpus(options.corpus);
  try {
    const told = { corpus, folder, settings: chosen, seeds, first, steps, held, threads, finished, onNews };
    const runs = await runTable(told);
    const { train, validation, sources } = corpus;
    return {
      corpus: { train: train.length, validation: validation.length, sources },
      recipe: recipeFor(settings[0]!, 1, steps),
      held,
      threads,
      ...summarize(runs, chosen, seeds),
      runs,
    };
  } finally {
    corpus.close();
  }
}

/** throws NacreError "option" for a name that no setting has */
function settingsNamed(list: string | undefined): Setting[] {
  const names = list?.split(",") ?? settings.map(({ name }) => name);
  const unknown = names.find((name) => !settings.some((setting) => setting.name === name));
  if (unknown !== undefined) {
    throw new NacreError("option", {
      found: `setting "${unknown}"`,
      expected: `some of ${settings.map(({ name }) => name).join(", ")}`,
    });
  }
  return settings.filter(({ name }) => names.includes(name));
}

function onNews({ run, runs, setting, seed, step, steps, metrics, secondsLeft }: RunNews): void {
  const last = step === steps;
  if (!last && (!process.stderr.isTTY || step % 20 !== 0)) return;
  const minutes = Math.ceil(secondsLeft / 60);
  const line = `${run}/${runs} ${setting}, seed ${seed}: step ${step}/${steps}, mel ${metrics.mel!.toFixed(3)}, ${minutes} min left`;
  process.stderr.write(process.stderr.isTTY && !last ? `\r${line}   ` : `\r${line}   \n`);
}
