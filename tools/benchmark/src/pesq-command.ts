import { resolve } from "node:path";
import type { Command } from "commander";
import { measurePesq } from "./pesq/measure-pesq.js";
import { progress } from "./progress.js";
import { tell } from "./result.js";

type Options = { model?: string; python: string; rates: string; every: number; out?: string };

/** `pesq <folder>`: an outside judge, where there is one. */
export function addPesq(program: Command): void {
  program
    .command("pesq")
    .description("PESQ-WB by PyPI's pesq of a model by layers and of Opus; says so where it is missing.")
    .argument("<folder>", "WAV, FLAC or Ogg files of speech")
    .option("-m, --model <name>", "name or folder; the shipped model by default")
    .option("--python <program>", "an interpreter with pesq and numpy", "python3")
    .option("--rates <list>", "of Opus, kbit/s, comma-separated", "6,9,12,16")
    .option("--every <count>", "takes every so-many-th file", Number, 1)
    .option("--out <file>", "writes the JSON there too")
    .action(async (folder: string, { out, rates, ...options }: Options) => {
      const asked = rates.split(",").map(Number);
      await tell(
        "pesq",
        await measurePesq(resolve(folder), { ...options, rates: asked, onFile: progress }),
        out,
      );
    });
}
