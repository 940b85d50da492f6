import { readFile } from "node:fs/promises";
import { readSafetensors, writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import { sortedJson } from "./recipes/compare.js";
import type { AnyRecipe } from "./recipes/recipe.js";
import type { StateValues } from "./state.js";
import type { StepGraph } from "./step.js";
import { writeWhole } from "./write-whole.js";

/** What a checkpoint holds beside the arrays: the last step done, and seconds trained so far. */
export type Progress = { step: number; seconds: number };

/** Writes a checkpoint under a temporary name, then renames it. */
export async function saveCheckpoint(
  path: string,
  recipe: AnyRecipe,
  { state }: Pick<StepGraph, "state">,
  values: StateValues,
  progress: Progress,
): Promise<void> {
  const tensors = Object.fromEntries(state.map(({ name, shape }) => [name, { shape, data: values[name]! }]));
  const metadata = {
    recipe: JSON.stringify(recipe),
    step: `${progress.step}`,
    seconds: `${progress.seconds}`,
  };
  await writeWhole(path, writeSafetensors(tensors, { metadata }));
}

/**
 * Reads a checkpoint into `values`. Its recipe may differ in the schedule alone: a run may be made
 * longer, but a changed network, batch or loss is another run. Clips of video may grow: their frames and number are
 * part of the schedule.
 *
 * throws NacreError "model" when it is damaged or of another recipe; `values` are untouched then
 */
export async function loadCheckpoint(
  path: string,
  recipe: AnyRecipe,
  { state }: Pick<StepGraph, "state">,
  values: StateValues,
): Promise<Progress> {
  const { tensors, metadata } = readSafetensors(await readFile(path));
  const stored = parseRecipe(metadata.recipe);
  if (!stored) throw refused(path, "without a recipe");
  const other = differences(stored, recipe);
  if (other.length > 0) throw refused(path, `of a recipe with another ${other.join(", ")}`);
  const arrays = state.map(({ name }) => {
    const data = tensors[name]?.data;
    if (data instanceof Float32Array && data.length === values[name]!.length) return data;
    throw refused(path, `without a fitting "${name}"`);
  });
  const [step, seconds] = [Number(metadata.step), Number(metadata.seconds)];
  if (!Number.isInteger(step) || step < 0 || !(seconds >= 0)) throw refused(path, "without its step");
  for (const [i, { name }] of state.entries()) values[name]!.set(arrays[i]!);
  return { step, seconds };
}

function parseRecipe(text: string | undefined): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? "");
    return typeof parsed === "object" && parsed !== null ? withKind(parsed) : undefined;
  } catch {
    return undefined;
  }
}

// Recipes from before there were kinds have residual vectors.
function withKind(recipe: { quantizer?: object }): object {
  return { ...recipe, quantizer: { kind: "residual-vector", ...recipe.quantizer } };
}

// Names of the recipe's parts that are not the same; the schedule and the words may change, and when
// codebooks start from data belongs to the schedule.
function differences(stored: object, recipe: AnyRecipe): string[] {
  const [a, b] = [stored, recipe].map((each): Record<string, unknown> => {
    const { quantizer, ...rest } = each as AnyRecipe;
    return { ...rest, quantizer: { ...quantizer, startEvery: 0 } };
  });
  const names = new Set([...Object.keys(a!), ...Object.keys(b!)]);
  const clips = "frames" in recipe && "medium" in recipe ? ["frames", "batch"] : [];
  for (const name of ["schedule", "description", ...clips]) names.delete(name);
  return [...names].filter((name) => sortedJson(a![name]) !== sortedJson(b![name]));
}

function refused(path: string, what: string): NacreError {
  return new NacreError("model", {
    found: `checkpoint ${path} ${what}`,
    expected: "a checkpoint of this recipe",
    mend: "begin a new run in another folder",
  });
}
