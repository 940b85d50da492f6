#!/usr/bin/env node
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { isNacreError } from "@nacre/errors";
import { openCorpus, recipeByName, recipes, withSteps } from "@nacre/training";
import { Command } from "commander";
import { agree, compareCase, writeCase } from "./agree.js";
import { exportStep } from "./export-step.js";
import { importCheckpoint } from "./import-checkpoint.js";
import { exportSound } from "./sound/export-sound.js";

const names = recipes.map(({ name }) => name).join(", ");
const program = new Command("gpu").description("Trains a recipe on a graphics card with PyTorch alone.");

type ExportFlags = {
  out: string;
  batch?: number;
  steps?: number;
  rate?: number;
  from?: string;
  averages?: boolean;
  force?: boolean;
};

program
  .command("export")
  .description("Writes a recipe's training step, first state, rows and the program that runs them.")
  .argument("<recipe>", names)
  .requiredOption("--out <folder>", "new, or replaced with --force")
  .option("--batch <items>", "per step", Number, 64)
  .option("--steps <count>", "length of the schedule; its last part is the decay", Number)
  .option("--rate <number>", "learning rate of the constant part", Number)
  .option("--from <checkpoint>", "of the same recipe, to go on from")
  .option("--averages", "begin at the checkpoint's averaged weights with empty moments")
  .option("--force", "replace what is there")
  .action(async (name: string, { out, steps, rate, ...options }: ExportFlags) => {
    const found = recipeByName(name);
    const longer = steps === undefined ? found : withSteps(found, steps);
    const schedule = { ...longer.schedule, ...(rate === undefined ? {} : { rate }) };
    await exportStep({ ...longer, schedule }, resolve(out), options);
    console.log(`the step of ${name} stands in ${out}`);
  });

program
  .command("export-corpus")
  .description("Packs training sound small enough to travel, a random choice of clips where not all fit.")
  .requiredOption("--out <folder>", "new, or replaced with --force")
  .option("--corpus <folder>", "packed by tools/corpora", "corpora/packed")
  .option("--mib <size>", "the most that all pieces may take together", Number, 45)
  .option("--fineness <number>", "steps per square root of full scale; more is better and larger", Number, 9)
  .option("--seed <number>", "of the choice", Number, 1)
  .option("--force", "replace what is there")
  .action(async ({ out, corpus: folder, mib, force, ...options }: CorpusFlags) => {
    const corpus = await openCorpus(resolve(folder));
    const packed = await exportSound(corpus, resolve(out), {
      ...options,
      limit: mib * 2 ** 20,
      force: force ?? false,
    });
    corpus.close();
    console.log(JSON.stringify(packed));
  });

type CorpusFlags = {
  out: string;
  corpus: string;
  mib: number;
  fineness: number;
  seed: number;
  force?: boolean;
};

program
  .command("import")
  .description("Joins the pieces that the runner left to a checkpoint that tools/train goes on from.")
  .argument("<recipe>", names)
  .argument("<pieces>", "folder with checkpoint-<i>-of-<n>.safetensors and log.jsonl")
  .option("--folder <folder>", "of runs: <folder>/<recipe> holds checkpoint and log", "runs")
  .option("--force", "replace a checkpoint that is there")
  .action(async (name: string, pieces: string, { folder, force }: { folder: string; force?: boolean }) => {
    const home = join(resolve(folder), name);
    const { step } = await importCheckpoint(resolve(pieces), recipeByName(name), home, {
      force: force ?? false,
    });
    console.log(`a checkpoint of step ${step} stands in ${home}`);
  });

type AgreeFlags = {
  corpus: string;
  python: string;
  steps: number;
  batch?: number;
  threads: number;
  case?: string;
};

program
  .command("agree")
  .description("Trains the same steps in PyTorch and in onnxruntime-node; prints how far they are apart.")
  .argument("<recipe>", names)
  .option("--corpus <folder>", "packed by tools/corpora", "corpora/packed")
  .option("--python <program>", "an interpreter with torch and numpy", "python3")
  .option("--steps <count>", "with pinned codes", Number, 20)
  .option("--batch <items>", "per step", Number)
  .option("--threads <count>", "of each engine", Number, 1)
  .option(
    "--case <folder>",
    "for PyTorch on another machine: written if new, compared once agree.py ran on it",
  )
  .action(async (name: string, { corpus: folder, batch, case: home, ...options }: AgreeFlags) => {
    const corpus = await openCorpus(resolve(folder));
    const found = recipeByName(name);
    const recipe = { ...found, batch: batch ?? found.batch };
    if (home !== undefined && !existsSync(home)) {
      await writeCase(resolve(home), recipe, corpus, options.steps);
      console.log(`run: python3 ${home}/step/agree.py ${home}/step ${home} --steps ${options.steps}`);
    } else {
      const result =
        home === undefined
          ? await agree(recipe, corpus, options)
          : await compareCase(resolve(home), recipe, corpus, options.threads);
      console.log(JSON.stringify(result));
    }
    corpus.close();
  });

program.parseAsync().catch((error: unknown) => {
  if (!isNacreError(error)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
