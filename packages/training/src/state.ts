import { initialValues, type ParameterSpec } from "@nacre/blocks";
import { type Chunk, viewsOf } from "./optimizer/chunks.js";
import { planOf } from "./plans.js";
import type { AnyRecipe } from "./recipes/recipe.js";

/** One array of the training state. */
export type StateArray = { name: string; shape: number[] };

/** Values of a state, by the names of its arrays. */
export type StateValues = Record<string, Float32Array>;

/** Trained tensors of the recipe's networks. */
export function parameterSpecs(recipe: AnyRecipe): ParameterSpec[] {
  return planOf(recipe).parameters;
}

/** Every array that a step reads and writes anew. */
export function stateArrays(recipe: AnyRecipe, chunks: readonly Chunk[]): StateArray[] {
  const perChunk = ["value", "first", "second", "average"].flatMap((kind) =>
    chunks.map(({ name, size }) => ({ name: `${kind}.${name}`, shape: [size] })),
  );
  return [...perChunk, ...planOf(recipe).state];
}

/** The state before the first step: drawn weights, empty moments, averages equal to the weights. */
export function initialState(
  recipe: AnyRecipe,
  { chunks, state }: { chunks: readonly Chunk[]; state: readonly StateArray[] },
): StateValues {
  const plan = planOf(recipe);
  const drawn = initialValues(plan.parameters, recipe.seed);
  const values: StateValues = {};
  for (const { name, shape } of state) values[name] = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (const chunk of chunks) {
    for (const kind of ["value", "average"]) {
      const views = viewsOf(chunk, values[`${kind}.${chunk.name}`]!);
      for (const [name, view] of Object.entries(views)) view.set(drawn[name]!);
    }
  }
  for (const [name, initial] of Object.entries(plan.initialState())) values[name]!.set(initial);
  return values;
}
