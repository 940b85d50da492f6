import { readAudio } from "@nacre/nacre";
import type { Command } from "commander";
import { tell } from "./result.js";
import { measureRobustness } from "./robustness/measure-robustness.js";

type Options = { model?: string; speech: string; seed: number; out?: string };

/** `robustness`: sounds that a codec of speech was not made for. */
export function addRobustness(program: Command): void {
  program
    .command("robustness")
    .description("Silence, clicks, noise, whispers and worse: finite, bounded, as loud as before?")
    .option("-m, --model <name>", "name or folder; the shipped model by default")
    .option("--speech <file>", "one channel, at least five seconds", "samples/speech.wav")
    .option("--seed <number>", "of the noises", Number, 1)
    .option("--out <file>", "writes the JSON there too")
    .action(async ({ model, speech, seed, out }: Options) => {
      await tell("robustness", await measureRobustness(model, await readAudio(speech), seed), out);
    });
}
