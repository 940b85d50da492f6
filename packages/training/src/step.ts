import type { Parameters } from "@nacre/blocks";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import {
  add,
  concat,
  div,
  gradients,
  input,
  type ModelParts,
  min,
  mul,
  onnxModel,
  reshape,
  scalar,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { balance, type WeightedLoss } from "./losses/balancer.js";
import { melLoss } from "./losses/mel.js";
import { siSdrLoss, waveformLoss } from "./losses/waveform.js";
import { adamW } from "./optimizer/adamw.js";
import { type Chunk, chunksOf, unpack } from "./optimizer/chunks.js";
import type { QuantizerPass } from "./quantizers/quantizer-training.js";
import { trainingOf } from "./quantizers/quantizers.js";
import { checkRecipe, edge } from "./recipes/check.js";
import type { Recipe } from "./recipes/recipe.js";
import { parameterSpecs, type StateArray, stateArrays } from "./state.js";
import { readField, readScalar, type Table, tableOf } from "./table.js";

/**
 * A whole training step as one ONNX graph: forward, backward, optimizer, codebooks.
 *
 * inputs   "audio" [B, S], "row" [table.width] and every state array by its name
 * outputs  every state array as "next.<name>", and "metrics" [metricNames.length]
 */
export type StepGraph = {
  model: Uint8Array;
  /** What the model was written from, for runners that read no ONNX files. */
  parts: ModelParts;
  recipe: Recipe;
  chunks: Chunk[];
  state: StateArray[];
  table: Table;
  metricNames: string[];
  /** float32 [batch, samples] of the audio input. */
  audioShape: [number, number];
};

/** What the parts of a step read: the state as inputs, and the fields of the row. */
type StepInputs = {
  recipe: Recipe;
  chunks: Chunk[];
  state: Record<string, Tensor>;
  audio: Tensor;
  field: (name: string) => Tensor;
  scalarField: (name: string) => Tensor;
  codes: Tensor | undefined;
};

/**
 * Builds the step of a recipe.
 *
 * pinned  adds an input "codes" int64 [N, L] that replaces the search of residual vectors, to compare engines
 * throws  NacreError "option" when the recipe's numbers do not fit each other
 */
export function buildStep(recipe: Recipe, { pinned = false }: { pinned?: boolean } = {}): StepGraph {
  checkRecipe(recipe);
  const { batch, frames, encoder, quantizer } = recipe;
  const chunks = chunksOf(parameterSpecs(recipe));
  const table = tableOf(recipe);
  const audioShape: [number, number] = [batch, frames * encoder.hop];
  const audio = input("audio", "float32", audioShape);
  const row = input("row", "float32", [table.width]);
  const state = Object.fromEntries(
    stateArrays(recipe, chunks).map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const codes = pinned ? input("codes", "int64", [batch * frames, quantizer.layers]) : undefined;
  const field = (name: string) => readField(table, row, name);
  const scalarField = (name: string) => readScalar(table, row, name);
  const { outputs, metricNames } = stepOutputs({ recipe, chunks, state, audio, field, scalarField, codes });
  const parts: ModelParts = {
    name: `${recipe.name}-step`,
    inputs: [audio, row, ...Object.values(state), ...(codes ? [codes] : [])],
    outputs,
  };
  return {
    model: onnxModel(parts),
    parts,
    recipe,
    chunks,
    state: Object.entries(state).map(([name, { shape }]) => ({ name, shape: [...shape] })),
    table,
    metricNames,
    audioShape,
  };
}

function stepOutputs(inputs: StepInputs): { outputs: Record<string, Tensor>; metricNames: string[] } {
  const { recipe, chunks, state } = inputs;
  const { decoded, pass } = forward(inputs);
  const losses = lossesOf(recipe, inputs.audio, decoded);
  const { cotangent, nextNorms } = balanced(inputs, losses, decoded);
  const slopes = gradients(
    [decoded, ...pass.losses.map(({ value }) => value)],
    [cotangent, ...pass.losses.map(({ weight }) => scalar(weight))],
    [...chunks.map(({ name }) => state[`value.${name}`]!), ...pass.moved],
  );
  const norm = sqrt(slopes.map((slope) => sum(square(slope))).reduce((a, b) => add(a, b)));
  const shrink = min(div(recipe.optimizer.clip, add(norm, 1e-12)), 1);
  const clipped = slopes.map((slope) => mul(slope, shrink));
  const outputs = {
    // Its slopes come after those of the chunks.
    ...pass.next(clipped.slice(chunks.length)),
    "next.balancer.norms": concat(
      nextNorms.map((each) => reshape(each, [1])),
      0,
    ),
    ...nextParameters(inputs, clipped),
  };
  const { metrics, metricNames } = metricsOf(recipe, losses, pass, norm);
  return { outputs: { ...outputs, metrics }, metricNames };
}

function forward({ recipe, chunks, state, audio, field, codes }: StepInputs) {
  const { encoder, decoder, quantizer, batch, frames } = recipe;
  const parameters: Parameters = Object.assign(
    {},
    ...chunks.map((chunk) => unpack(chunk, state[`value.${chunk.name}`]!)),
  );
  const latent = spectralEncoder.forward(encoder, parameters, audio);
  const pass = trainingOf(recipe).pass(recipe, {
    latent: reshape(latent, [batch * frames, encoder.latentDim]),
    layerMask: itemMask(field("layerMask"), batch, frames, quantizer.layers),
    state,
    field,
    codes,
  });
  const decoded = spectralDecoder.forward(decoder, parameters, reshape(pass.quantized, latent.shape));
  return { decoded, pass };
}

function balanced({ state, scalarField }: StepInputs, losses: readonly WeightedLoss[], decoded: Tensor) {
  const weighted = losses.filter(({ weight }) => weight > 0);
  const norms = weighted.map((_, i) => reshape(slice(state["balancer.norms"]!, 0, i, i + 1), []));
  return balance(weighted, decoded, norms, scalarField("balancerDecay"));
}

function nextParameters(
  { recipe, chunks, state, field }: StepInputs,
  slopes: readonly Tensor[],
): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  const scalars = { stepSize: field("stepSize"), epsilon: field("epsilon"), decay: field("decay") };
  for (const [i, { name, decay }] of chunks.entries()) {
    const [value, first, second] = ["value", "first", "second"].map((kind) => state[`${kind}.${name}`]!);
    const before = { value: value!, first: first!, second: second! };
    const next = adamW(before, slopes[i]!, scalars, recipe.optimizer, decay);
    const average = state[`average.${name}`]!;
    outputs[`next.value.${name}`] = next.value;
    outputs[`next.first.${name}`] = next.first;
    outputs[`next.second.${name}`] = next.second;
    outputs[`next.average.${name}`] = add(average, mul(sub(next.value, average), field("averageRate")));
  }
  return outputs;
}

function metricsOf(
  { quantizer: { layers } }: Recipe,
  losses: readonly WeightedLoss[],
  { losses: own, telemetry }: QuantizerPass,
  norm: Tensor,
): { metrics: Tensor; metricNames: string[] } {
  const scalars: [string, Tensor][] = [
    ...losses.map(({ name, value }): [string, Tensor] => [name, value]),
    ...own.flatMap(({ name, value }): [string, Tensor][] => (name ? [[name, value]] : [])),
    ["gradientNorm", norm],
  ];
  const vectors = [telemetry.perplexity, telemetry.dead, telemetry.quantizationError];
  const perLayer = ["perplexity", "dead", "error"].flatMap((name) =>
    Array.from({ length: layers }, (_, layer) => `${name}.${layer + 1}`),
  );
  return {
    metrics: concat([...scalars.map(([, value]) => reshape(value, [1])), ...vectors], 0),
    metricNames: [...scalars.map(([name]) => name), ...perLayer],
  };
}

// [batch * layers] to [batch * frames, layers]: all frames of an item use the same layers.
function itemMask(flat: Tensor, batch: number, frames: number, layers: number): Tensor {
  const items = reshape(flat, [batch, 1, layers]);
  return reshape(concat(Array<Tensor>(frames).fill(items), 1), [batch * frames, layers]);
}

function lossesOf({ losses, encoder }: Recipe, whole: Tensor, wholeDecoded: Tensor): WeightedLoss[] {
  const length = whole.shape[1]! - edge;
  const audio = slice(whole, 1, 0, length);
  const decoded = slice(wholeDecoded, 1, 0, length);
  return [
    { name: "mel", value: melLoss(audio, decoded, encoder.sampleRate), weight: losses.mel },
    { name: "waveform", value: waveformLoss(audio, decoded), weight: losses.waveform },
    { name: "siSdr", value: siSdrLoss(audio, decoded), weight: losses.siSdr },
  ];
}
