#!/usr/bin/env node
import { isNacreError } from "@nacre/errors";
import { filmRecipes, pictureRecipes, recipes } from "@nacre/training";
import { Command, Option } from "commander";
import { makeModel } from "./make-model.js";
import { mix } from "./mix.js";
import { run } from "./run.js";

const names = recipes.map(({ name }) => name).join(", ");
const pictureNames = [...pictureRecipes, ...filmRecipes].map(({ name }) => name).join(", ");
const program = new Command("train").description("Trains the shipped models and writes their folders.");

program
  .command("run")
  .description("Trains a recipe on a packed corpus; a run found in the folder goes on where it stopped.")
  .argument("<recipe>", `${names}, ${pictureNames}`)
  .option("--corpus <folder>", "packed by tools/corpora; by default corpora/packed, or corpora/photos")
  .option("--sources <names>", "of the corpus, comma-separated; all by default")
  .option("--kinds <kinds>", "speech or music; both by default")
  .option("--folder <folder>", "of runs: <folder>/<recipe> holds checkpoint and log", "runs")
  .option("--steps <count>", "length of the schedule; its last part is the decay", Number)
  .option("--frames <count>", "of a clip of video, in place of the recipe's; clips are then fewer", Number)
  .option("--from <model>", "folder of a model to begin from; name it again to go on")
  .option("--threads <count>", "of the network engine", Number)
  .option("--save-every <steps>", "between checkpoints", Number, 500)
  .option("--validate-every <steps>", "between validations", Number, 500)
  .action(run);

program
  .command("mix")
  .description("Writes a checkpoint between a run's and an earlier one of the same run.")
  .argument("<recipe>", `${names}, ${pictureNames}`)
  .requiredOption("--with <checkpoint>", "the other one")
  .requiredOption("--share <number>", "of the other one, 0 to 1", Number)
  .requiredOption("--out <checkpoint>", "that is written")
  .option("--folder <folder>", "of runs", "runs")
  .action(mix);

program
  .command("model")
  .description("Writes model.json, weights and tables of a run's averaged weights.")
  .argument("<recipe>", `${names}, ${pictureNames}`)
  .requiredOption("--out <folder>", "of the model")
  .option("--model-version <n>", "a released version never changes: give the next one", Number, 1)
  .addOption(new Option("--bits <bits>", "of a weight").choices(["16", "8"]).default("16"))
  .option("--corpus <folder>", "packed by tools/corpora; by default corpora/packed, or corpora/photos")
  .option("--sources <names>", "of the corpus, comma-separated; all by default")
  .option("--kinds <kinds>", "speech or music; both by default")
  .option("--folder <folder>", "of runs", "runs")
  .action(makeModel);

program.parseAsync().catch((error: unknown) => {
  if (!isNacreError(error)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
