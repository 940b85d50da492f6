import { anyRecipeByName } from "@nacre/training";
import type { Command } from "commander";
import { tell } from "./result.js";
import { profileStep } from "./step/profile-step.js";

/** `profile [recipe]`: where a training step spends its time. */
export function addProfile(program: Command): void {
  program
    .command("profile")
    .description("Milliseconds of a training step by type of ONNX node, as onnxruntime counts them.")
    .argument("[recipe]", "by name", "speech-24k")
    .option("--threads <count>", "of the engine", Number, 2)
    .option("--steps <count>", "that are averaged", Number, 10)
    .option("--out <file>", "writes the JSON there too")
    .action(async (name: string, { out, ...options }: { threads: number; steps: number; out?: string }) => {
      await tell("profile", await profileStep(anyRecipeByName(name), options), out);
    });
}
