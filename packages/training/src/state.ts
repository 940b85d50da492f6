import { initialValues, type ParameterSpec } from "@nacre/blocks";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import { initialResidualVectorState } from "@nacre/quantizer";
import { type Chunk, viewsOf } from "./optimizer/chunks.js";
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
  const { layers, entries, update } = recipe.quantizer;
  const { mel, waveform, siSdr } = recipe.losses;
  const perChunk = ["value", "first", "second", "average"].flatMap((kind) =>
    chunks.map(({ name, size }) => ({ name: `${kind}.${name}`, shape: [size] })),
  );
  const kept = update === "gradient" ? ["first", "second", "average"] : ["sums"];
  const books = [layers, entries, recipe.encoder.latentDim];
  return [
    ...perChunk,
    { name: "quantizer.codebooks", shape: books },
    { name: "quantizer.counts", shape: [layers, entries] },
    ...kept.map((kind) => ({ name: `quantizer.${kind}`, shape: [...books] })),
    { name: "balancer.norms", shape: [[mel, waveform, siSdr].filter((weight) => weight > 0).length] },
  ];
}

/** The state before the first step: drawn weights, empty moments, averages equal to the weights. */
export function initialState(
  recipe: Recipe,
  { chunks, state }: { chunks: readonly Chunk[]; state: readonly StateArray[] },
): StateValues {
  const { layers, entries } = recipe.quantizer;
  const drawn = initialValues(parameterSpecs(recipe), recipe.seed);
  const values: StateValues = {};
  for (const { name, shape } of state) values[name] = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (const chunk of chunks) {
    for (const kind of ["value", "average"]) {
      const views = viewsOf(chunk, values[`${kind}.${chunk.name}`]!);
      for (const [name, view] of Object.entries(views)) view.set(drawn[name]!);
    }
  }
  values["quantizer.counts"]!.set(
    initialResidualVectorState(layers, entries, recipe.encoder.latentDim).counts,
  );
  // With all entries at zero the decoder's norms would see constant rows, and slopes beyond float32.
  values["quantizer.codebooks"]!.set(firstEntries(recipe));
  values["quantizer.average"]?.set(firstEntries(recipe));
  return values;
}

function firstEntries({ seed, quantizer, encoder }: Recipe): Float32Array {
  const name = "entries";
  const initial = { kind: "normal" as const, deviation: 0.3 };
  const shape = [quantizer.entries, encoder.latentDim];
  return initialValues([{ name, shape, initial, decay: false }], seed)[name]!;
}
