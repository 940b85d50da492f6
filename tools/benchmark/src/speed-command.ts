import { resolve } from "node:path";
import type { Command } from "commander";
import { tell } from "./result.js";
import { measureSpeed } from "./speed.js";

type Options = { model?: string; seconds: number; threads?: number; out?: string };

/** `speed <folder>`: encode and decode against real time. */
export function addSpeed(program: Command): void {
  program
    .command("speed")
    .description("Encodes and decodes sounds as streams: times real time, and peak memory.")
    .argument("<folder>", "WAV, FLAC or Ogg files; they are repeated up to --seconds")
    .option("-m, --model <name>", "name or folder; the shipped model by default")
    .option("--seconds <count>", "of sound in each run", Number, 60)
    .option("--threads <count>", "of the network engine", Number)
    .option("--out <file>", "writes the JSON there too")
    .action(async (folder: string, { out, ...options }: Options) => {
      await tell("speed", await measureSpeed(resolve(folder), options), out);
    });
}
