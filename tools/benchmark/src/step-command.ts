import { tmpdir } from "node:os";
import { join } from "node:path";
import { recipeByName } from "@nacre/training";
import type { Command } from "commander";
import { tell } from "./result.js";
import { measureStep } from "./step/measure-step.js";
import { soundCorpus } from "./step/sound-corpus.js";

type Options = {
  sound: string;
  python: string;
  threads: number;
  rounds: number;
  agree: number;
  out?: string;
};

/** `step [recipe]`: a training step beside eager PyTorch. */
export function addStep(program: Command): void {
  program
    .command("step")
    .description(
      "One training step in onnxruntime-node beside eager PyTorch, interleaved in one run; without the intelligibility loss, which the peer lacks.",
    )
    .argument("[recipe]", "by name", "speech-24k")
    .option("--sound <file>", "that batches are drawn from", "samples/speech.wav")
    .option("--python <program>", "an interpreter with torch, numpy and safetensors", "python3")
    .option("--threads <count>", "of each engine", Number, 2)
    .option("--rounds <count>", "of three steps each", Number, 15)
    .option("--agree <steps>", "compared with pinned codes; 0 for none", Number, 20)
    .option("--out <file>", "writes the JSON there too")
    .action(async (name: string, { sound, out, ...options }: Options) => {
      const shipped = recipeByName(name);
      // The peer has the losses that every recipe has, so both sides train with those alone.
      const recipe = { ...shipped, losses: { ...shipped.losses, intelligibility: 0 } };
      const corpus = await soundCorpus(sound, recipe.encoder.sampleRate);
      const folder = join(tmpdir(), `nacre-step-${process.pid}`);
      await tell("step", await measureStep(recipe, corpus, { folder, ...options }), out);
    });
}
