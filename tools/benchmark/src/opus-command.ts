import { resolve } from "node:path";
import type { Command } from "commander";
import { measureOpus } from "./opus.js";
import { progress } from "./progress.js";
import { tell } from "./result.js";

/** `opus <folder>`: the peer at several rates, by the measures of `quality`. */
export function addOpus(program: Command): void {
  program
    .command("opus")
    .description("Opus on a folder of sounds, by the same measures; bytes are those of Ogg files.")
    .argument("<folder>", "WAV, FLAC or Ogg files")
    .option("--rates <list>", "kbit/s, comma-separated", "6,9,12,16")
    .option("--out <file>", "writes the JSON there too")
    .action(async (folder: string, { rates, out }: { rates: string; out?: string }) => {
      await tell("opus", await measureOpus(resolve(folder), rates.split(",").map(Number), progress), out);
    });
}
