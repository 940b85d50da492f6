#!/usr/bin/env node
import { isNacreError } from "@nacre/errors";
import { clipKinds } from "@nacre/training";
import { Command } from "commander";
import { collectFolders } from "./choose.js";
import { packSound } from "./pack-command.js";
import { packPhotographs } from "./pictures/pack-command.js";

const program = new Command("corpora")
  .description("Fetches speech and music with stated licences to train on and packs them as one corpus.")
  // So that an option after "pictures" is that of pictures.
  .enablePositionalOptions()
  .option("--folder <folder>", "where everything goes", "corpora")
  .option("--rate <hertz>", "of the packed sound", Number, 24_000)
  .option("--from <name=folder>", "a source that is already on the disk", collectFolders, {})
  .option("--only <names>", "comma-separated names of sources")
  .option("--reuse <folder>", "a packed corpus; the sources that it has are copied, not packed again")
  .option("--kinds <kinds>", `comma-separated: ${clipKinds.join(", ")}`)
  .action(packSound);

program
  .command("pictures")
  .description("Fetches photographs to train on and packs them as one corpus.")
  .option("--folder <folder>", "where the packed pictures go, and what is fetched", "corpora/photos")
  .option("--from <name=folder>", "a source that is already on the disk", collectFolders, {})
  .option("--only <names>", "comma-separated names of sources; without it, all whose licence is stated")
  .action(packPhotographs);

program.parseAsync().catch((error: unknown) => {
  if (!isNacreError(error)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
