import { readFile, rename, writeFile } from "node:fs/promises";
import { readSafetensors, writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import type { Recipe } from "./recipes/recipe.js";
import type { StateValues, StepGraph } from "./step.js";

/** What a checkpoint holds beside the arrays. */
export type Progress = { step: number; seconds: number };

/** Writes a checkpoint under a temporary name, then renames it. */
export async function saveCheckpoint(
  path: string,
  recipe: Recipe,
  { state }: StepGraph,
  values: StateValues,
  progress: Progress,
): Promise<void> {
  const tensors = Object.fromEntries(state.map(({ name, shape }) => [name, { shape, data: values[name]! }]));
  const metadata = {
    recipe: JSON.stringify(recipe),
    step: `${progress.step}`,
    seconds: `${progress.seconds}`,
  };
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, writeSafetensors(tensors, { metadata }));
  await rename(temporary, path);
}

/**
 * Reads a checkpoint into `values`.
 * throws NacreError "model" when it does not belong to the step
 */
export async function loadCheckpoint(
  path: string,
  { state }: StepGraph,
  values: StateValues,
): Promise<Progress> {
  const { tensors, metadata } = readSafetensors(await readFile(path));
  for (const { name } of state) {
    const stored = tensors[name]?.data;
    if (!(stored instanceof Float32Array) || stored.length !== values[name]!.length) {
      throw new NacreError("model", {
        found: `checkpoint ${path} without a fitting "${name}"`,
        expected: "a checkpoint of the same recipe",
        mend: "begin a new run in another folder",
      });
    }
    values[name]!.set(stored);
  }
  return { step: Number(metadata.step), seconds: Number(metadata.seconds) };
}
