import { initialValues, type ParameterSpec } from "@nacre/blocks";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import { lossesWith } from "./losses/index.js";
import { type Chunk, viewsOf } from "./optimizer/chunks.js";
import { trainingOf } from "./quantizers/quantizers.js";
import type { Recipe } from "./recipes/recipe.js";

/** One array of the training state. */
export type StateArray = { name: string; shape: number[] };

/** Values of a state, by the names of its arrays. */
export type StateValues = Record<string, Float32Array>;

/** Trained tensors of the recipe's networks. */
export function parameterSpecs(recipe: Recipe): ParameterSpec[] {
  return [...spectralEncoder.parameters(recipe.encoder), ...spectralDecoder.parameters(recipe.decoder)];
}

/** Every array that a step reads and writes anew. */
export function stateArrays(recipe: Recipe, chunks: readonly Chunk[]): StateArray[] {
  const perChunk = ["value", "first", "second", "average"].flatMap((kind) =>
    chunks.map(({ name, size }) => ({ name: `${kind}.${name}`, shape: [size] })),
  );
  return [
    ...perChunk,
    ...trainingOf(recipe).stateArrays(recipe),
    { name: "balancer.norms", shape: [lossesWith(recipe.losses).filter(({ share }) => share > 0).length] },
  ];
}

/** The state before the first step: drawn weights, empty moments, averages equal to the weights. */
export function initialState(
  recipe: Recipe,
  { chunks, state }: { chunks: readonly Chunk[]; state: readonly StateArray[] },
): StateValues {
  const drawn = initialValues(parameterSpecs(recipe), recipe.seed);
  const values: StateValues = {};
  for (const { name, shape } of state) values[name] = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (const chunk of chunks) {
    for (const kind of ["value", "average"]) {
      const views = viewsOf(chunk, values[`${kind}.${chunk.name}`]!);
      for (const [name, view] of Object.entries(views)) view.set(drawn[name]!);
    }
  }
  const quantizer = trainingOf(recipe).initialState(recipe);
  for (const [name, initial] of Object.entries(quantizer)) values[name]!.set(initial);
  return values;
}
