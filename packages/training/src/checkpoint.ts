import { readFile } from "node:fs/promises";
import { readSafetensors, type StoredTensor, writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import { type ChunkLayout, chunkLayout, parseLayout, relocated } from "./chunk-layout.js";
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
  { state, chunks }: Pick<StepGraph, "state" | "chunks">,
  values: StateValues,
  progress: Progress,
): Promise<void> {
  const tensors = Object.fromEntries(state.map(({ name, shape }) => [name, { shape, data: values[name]! }]));
  const metadata = {
    recipe: JSON.stringify(recipe),
    layout: JSON.stringify(chunkLayout(chunks)),
    step: `${progress.step}`,
    seconds: `${progress.seconds}`,
  };
  await writeWhole(path, writeSafetensors(tensors, { metadata }));
}

/**
 * Reads a checkpoint into `values`. Its recipe may differ in the schedule alone: a run may be made
 * longer, but a changed network, batch or loss is another run. Clips of video may grow: their frames and number are
 * part of the schedule. Parameters are found by their names: another release may lay them out otherwise. A checkpoint
 * from before layouts were written counts as one of this release.
 *
 * throws NacreError "model" when it is damaged or of another recipe; `values` are untouched then
 */
export async function loadCheckpoint(
  path: string,
  recipe: AnyRecipe,
  { state, chunks }: Pick<StepGraph, "state" | "chunks">,
  values: StateValues,
): Promise<Progress> {
  const { tensors, metadata } = readSafetensors(await readFile(path));
  const stored = parseRecipe(metadata.recipe);
  if (!stored) throw refused(path, "without a recipe");
  const other = differences(stored, recipe);
  if (other.length > 0) throw refused(path, `of a recipe with another ${other.join(", ")}`);
  const floats = floatsOf(tensors);
  const layout = chunkLayout(chunks);
  const storedLayout = metadata.layout === undefined ? layout : parseLayout(metadata.layout);
  if (!storedLayout) throw refused(path, "with a layout that is none");
  const arrays = state.map(({ name }) => {
    const data = arrayOf(name, floats, layout, storedLayout);
    if (data?.length === values[name]!.length) return data;
    throw refused(path, `without a fitting "${name}"`);
  });
  const [step, seconds] = [Number(metadata.step), Number(metadata.seconds)];
  if (!Number.isInteger(step) || step < 0 || !(seconds >= 0)) throw refused(path, "without its step");
  for (const [i, { name }] of state.entries()) values[name]!.set(arrays[i]!);
  return { step, seconds };
}

function floatsOf(tensors: Record<string, StoredTensor>): Record<string, Float32Array | undefined> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data }]) => [
      name,
      data instanceof Float32Array ? data : undefined,
    ]),
  );
}

function arrayOf(
  name: string,
  arrays: Record<string, Float32Array | undefined>,
  layout: ChunkLayout,
  stored: ChunkLayout,
): Float32Array | undefined {
  const [kind, chunk] = name.split(".") as [string, string];
  if (!(chunk in layout)) return arrays[name];
  return relocated(kind, [chunk, layout], arrays, stored);
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
