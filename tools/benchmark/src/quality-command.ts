import { resolve } from "node:path";
import type { Command } from "commander";
import { progress } from "./progress.js";
import { measureQuality } from "./quality.js";
import { tell } from "./result.js";

/** `quality <folder>`: rate, measures by prefix, and codebooks of a model on sounds it never heard. */
export function addQuality(program: Command): void {
  program
    .command("quality")
    .description("Encodes a folder of sounds, decodes every prefix, measures it; JSON with intervals.")
    .argument("<folder>", "WAV, FLAC or Ogg files that the model never heard")
    .option("-m, --model <name>", "name or folder; the shipped model by default")
    .option("--out <file>", "writes the JSON there too")
    .action(async (folder: string, { model, out }: { model?: string; out?: string }) => {
      await tell("quality", await measureQuality(model, resolve(folder), progress), out);
    });
}
