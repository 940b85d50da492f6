import { writeFile } from "node:fs/promises";
import { NacreError } from "@nacre/errors";
import { openPictureCorpus } from "@nacre/training";
import type { Command } from "commander";
import { markdownOf } from "./picture-quantizers/markdown.js";
import { measureQuantizers } from "./picture-quantizers/measure.js";
import { recipeFor, type Setting, settings } from "./picture-quantizers/settings.js";
import { summarize } from "./picture-quantizers/summary.js";
import { tell } from "./result.js";
import type { RunNews } from "./seeded-runs.js";

type Options = {
  corpus: string;
  settings?: string;
  seeds: number;
  steps: number;
  folder: string;
  threads: number;
  finished: boolean;
  table?: string;
  out?: string;
};

/** Held crops of 128 pixels: half a million pixels. */
const held = { items: 32, seed: 1 };

/** `picture-quantizers`: quantizers of a small picture codec side by side. */
export function addPictureQuantizers(program: Command): void {
  program
    .command("picture-quantizers")
    .description("Trains one small picture codec per quantizer and seed, and compares rate and quality.")
    .requiredOption("--corpus <folder>", "packed photographs with held ones, as tools/corpora makes it")
    .option("--settings <list>", "names, comma-separated; all by default")
    .option("--seeds <count>", "of every setting", Number, 2)
    .option("--steps <count>", "of every run", Number, 800)
    .option("--folder <work>", "keeps finished runs; the same command goes on", "runs/picture-quantizers")
    .option("--threads <count>", "of the engine", Number, 1)
    .option("--finished", "tells the runs that are finished and trains none", false)
    .option("--table <file>", "writes the tables there as Markdown")
    .option("--out <file>", "writes the JSON there too")
    .action(async ({ out, table, ...options }: Options) => {
      const figures = await measure(options);
      if (table !== undefined) await writeFile(table, `${markdownOf(figures)}\n`);
      await tell("picture-quantizers", figures, out);
    });
}

async function measure({ corpus: path, ...options }: Omit<Options, "out" | "table">) {
  const { seeds, steps, threads } = options;
  if (!Number.isInteger(seeds) || seeds < 1) {
    throw new NacreError("option", { found: `${seeds} seeds`, expected: "a whole number of at least 1" });
  }
  const chosen = settingsNamed(options.settings);
  const corpus = await openPictureCorpus(path);
  try {
    const runs = await measureQuantizers({ ...options, settings: chosen, corpus, held, onNews });
    const { train, validation, sources } = corpus;
    return {
      corpus: { train: train.length, validation: validation.length, sources },
      recipes: chosen.map((setting) => recipeFor(setting, 1, steps)),
      held,
      threads,
      ...summarize(runs, chosen),
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
  if (step !== steps && step % 100 !== 0) return;
  const minutes = Math.ceil(secondsLeft / 60);
  const { loss = Number.NaN } = metrics;
  const line = `${run}/${runs} ${setting}, seed ${seed}: step ${step}/${steps}, loss ${loss.toFixed(3)}`;
  process.stderr.write(`${line}, ${minutes} min left\n`);
}
