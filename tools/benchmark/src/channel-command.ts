import { resolve } from "node:path";
import { defaultModel } from "@nacre/nacre";
import type { Command } from "commander";
import { measureChannel } from "./channel/measure-channel.js";
import { progress } from "./progress.js";
import { tell } from "./result.js";

type Options = { model: string[]; seed: number; kbps?: number; every: number; out?: string };

const numbers = (list: string) => list.split(",").map(Number);

/** `channel <folder>`: what bit errors in bare codes do, all layers together and each alone. */
export function addChannel(program: Command): void {
  program
    .command("channel")
    .description("Turns bits of the bare codes over, decodes and measures; JSON with intervals.")
    .argument("<folder>", "WAV, FLAC or Ogg files that the models never heard")
    .option("-m, --model <names...>", "names or folders; the shipped model by default", [defaultModel])
    .option("--kbps <rate>", "of bare codes: each model sends the layers that fit", Number)
    .option("--every <count>", "takes every so-many-th file", Number, 1)
    .option("--seed <number>", "of the bits that are turned over", Number, 1)
    .option("--p <list>", "of a bit where all layers are damaged", numbers, [0.001, 0.01, 0.02, 0.05, 0.1])
    .option("--alone <list>", "of a bit where one layer is damaged", numbers, [0.01, 0.1])
    .option("--out <file>", "writes the JSON there too")
    .action(
      async (folder: string, { model, out, ...options }: Options & { p: number[]; alone: number[] }) => {
        await tell(
          "channel",
          await measureChannel(resolve(folder), { ...options, models: model, onFile: progress }),
          out,
        );
      },
    );
}
