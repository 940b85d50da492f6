import { initialValues, type ParameterSpec, type Parameters } from "@nacre/blocks";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import {
  add,
  cast,
  concat,
  div,
  gradients,
  input,
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
import {
  drawLayerCounts,
  initialResidualVectorState,
  layerCountMask,
  residualVectorGraph,
} from "@nacre/quantizer";
import { balance } from "./losses/balancer.js";
import { melLoss } from "./losses/mel.js";
import { siSdrLoss, waveformLoss } from "./losses/waveform.js";
import { adamW, adamWScalars } from "./optimizer/adamw.js";
import { type Chunk, chunksOf, unpack, viewsOf } from "./optimizer/chunks.js";
import { randomFor } from "./random.js";
import type { Recipe } from "./recipes/recipe.js";
import { rateAt } from "./schedule.js";

/** One array of the training state. */
export type StateArray = { name: string; shape: number[] };

/**
 * A whole training step as one ONNX graph: forward, backward, optimizer, codebooks.
 *
 * inputs   "audio" [B, S], "row" [table.width] and every state array by its name
 * outputs  every state array as "next.<name>", and "metrics" [metricNames.length]
 */
export type StepGraph = {
  model: Uint8Array;
  chunks: Chunk[];
  state: StateArray[];
  table: Table;
  metricNames: string[];
  /** float32 [batch, samples] of the audio input. */
  audioShape: [number, number];
};

/** Where each value stands in the packed row. */
export type Table = { width: number; fields: Record<string, { at: number; length: number }> };

/** Values of a state before the first step. */
export type StateValues = Record<string, Float32Array>;

/** Trained tensors of the recipe's networks. */
export function parameterSpecs(recipe: Recipe): ParameterSpec[] {
  return [...spectralEncoder.parameters(recipe.encoder), ...spectralDecoder.parameters(recipe.decoder)];
}

/**
 * Builds the step of a recipe.
 *
 * pinned  adds an input "codes" int64 [N, L] that replaces the search, to compare engines
 */
export function buildStep(recipe: Recipe, { pinned = false }: { pinned?: boolean } = {}): StepGraph {
  const { encoder, decoder, quantizer, batch, frames, optimizer } = recipe;
  const { layers, entries } = quantizer;
  const chunks = chunksOf(parameterSpecs(recipe));
  const table = tableOf(recipe);
  const rows = batch * frames;
  const audioShape: [number, number] = [batch, frames * encoder.hop];
  const audio = input("audio", "float32", audioShape);
  const row = input("row", "float32", [table.width]);
  const field = (name: string) => readField(table, row, name);
  const inputs = stateInputs(recipe, chunks);
  const parameters: Parameters = Object.assign(
    {},
    ...chunks.map((chunk) => unpack(chunk, inputs[`value.${chunk.name}`]!)),
  );
  const pinnedCodes = pinned ? input("codes", "int64", [rows, layers]) : undefined;

  const latent = spectralEncoder.forward(encoder, parameters, audio);
  const step = residualVectorGraph(
    reshape(latent, [rows, encoder.latentDim]),
    {
      codebooks: inputs["quantizer.codebooks"]!,
      counts: inputs["quantizer.counts"]!,
      sums: inputs["quantizer.sums"]!,
    },
    {
      layerMask: itemMask(field("layerMask"), batch, frames, layers),
      restartOffset: cast(field("restartOffset"), "int64"),
      forceRestart: field("forceRestart"),
    },
    {
      estimator: quantizer.estimator,
      composition: quantizer.composition,
      update: quantizer.update,
      decay: quantizer.decay,
      deadBelow: quantizer.deadBelow,
      ...(pinnedCodes ? { pinnedCodes } : {}),
    },
  );
  const decoded = spectralDecoder.forward(decoder, parameters, reshape(step.quantized, latent.shape));

  const losses = lossesOf(recipe, audio, decoded);
  const weighted = losses.filter(({ weight }) => weight > 0);
  const normInput = inputs["balancer.norms"]!;
  const norms = weighted.map((_, i) => slice(normInput, 0, i, i + 1));
  const { cotangent, nextNorms } = balance(
    weighted,
    decoded,
    norms.map((norm) => reshape(norm, [])),
    reshape(field("balancerDecay"), []),
  );
  const slopes = gradients(
    [decoded, step.commitment],
    [cotangent, scalar(recipe.losses.commitment)],
    chunks.map(({ name }) => inputs[`value.${name}`]!),
  );
  const norm = sqrt(slopes.map((slope) => sum(square(slope))).reduce((a, b) => add(a, b)));
  const shrink = min(div(optimizer.clip, add(norm, 1e-12)), 1);

  const outputs: Record<string, Tensor> = {
    "next.quantizer.codebooks": step.nextState.codebooks,
    "next.quantizer.counts": step.nextState.counts,
    "next.quantizer.sums": step.nextState.sums,
    "next.balancer.norms": concat(
      nextNorms.map((each) => reshape(each, [1])),
      0,
    ),
  };
  chunks.forEach((chunk, i) => {
    const state = {
      value: inputs[`value.${chunk.name}`]!,
      first: inputs[`first.${chunk.name}`]!,
      second: inputs[`second.${chunk.name}`]!,
    };
    const scalars = { stepSize: field("stepSize"), epsilon: field("epsilon"), decay: field("decay") };
    const next = adamW(state, mul(slopes[i]!, shrink), scalars, optimizer, chunk.decay);
    const average = inputs[`average.${chunk.name}`]!;
    outputs[`next.value.${chunk.name}`] = next.value;
    outputs[`next.first.${chunk.name}`] = next.first;
    outputs[`next.second.${chunk.name}`] = next.second;
    outputs[`next.average.${chunk.name}`] = add(average, mul(sub(next.value, average), field("averageRate")));
  });

  const scalars: [string, Tensor][] = [
    ...losses.map(({ name, value }): [string, Tensor] => [name, value]),
    ["commitment", step.commitment],
    ["gradientNorm", norm],
  ];
  const vectors = [step.telemetry.perplexity, step.telemetry.dead, step.telemetry.quantizationError];
  outputs.metrics = concat([...scalars.map(([, value]) => reshape(value, [1])), ...vectors], 0);
  const perLayer = ["perplexity", "dead", "error"].flatMap((name) =>
    Array.from({ length: layers }, (_, layer) => `${name}.${layer + 1}`),
  );
  return {
    model: onnxModel({
      name: `${recipe.name}-step`,
      inputs: [audio, row, ...Object.values(inputs), ...(pinnedCodes ? [pinnedCodes] : [])],
      outputs,
    }),
    chunks,
    state: Object.entries(inputs).map(([name, { shape }]) => ({ name, shape: [...shape] })),
    table,
    metricNames: [...scalars.map(([name]) => name), ...perLayer],
    audioShape,
  };
}

/** The state before the first step: drawn weights, empty moments, averages equal to the weights. */
export function initialState(recipe: Recipe, { chunks, state }: StepGraph): StateValues {
  const { layers, entries } = recipe.quantizer;
  const drawn = initialValues(parameterSpecs(recipe), recipe.seed);
  const stack = initialResidualVectorState(layers, entries, recipe.encoder.latentDim);
  const values: StateValues = {};
  for (const { name, shape } of state) values[name] = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (const chunk of chunks) {
    for (const kind of ["value", "average"]) {
      const views = viewsOf(chunk, values[`${kind}.${chunk.name}`]!);
      for (const [name, view] of Object.entries(views)) view.set(drawn[name]!);
    }
  }
  values["quantizer.codebooks"]!.set(stack.codebooks);
  // With all entries at zero the decoder's norms would see constant rows, and slopes beyond float32.
  values["quantizer.codebooks"]!.set(firstEntries(recipe));
  values["quantizer.counts"]!.set(stack.counts);
  values["quantizer.sums"]!.set(stack.sums);
  return values;
}

function firstEntries({ seed, quantizer, encoder }: Recipe): Float32Array {
  const name = "entries";
  const initial = { kind: "normal" as const, deviation: 0.3 };
  const shape = [quantizer.entries, encoder.latentDim];
  return initialValues([{ name, shape, initial, decay: false }], seed)[name]!;
}

/** The packed row of a step (from 1): schedule and random draws, the same on every machine. */
export function tableRow(recipe: Recipe, table: Table, step: number): Float32Array {
  const { quantizer, optimizer, batch, seed, schedule } = recipe;
  const random = randomFor(seed, step, 1);
  const row = new Float32Array(table.width);
  const put = (name: string, values: ArrayLike<number>) => row.set(values, table.fields[name]!.at);
  const { stepSize, epsilon, decay } = adamWScalars(step, rateAt(step, schedule), optimizer);
  put("stepSize", [stepSize]);
  put("epsilon", [epsilon]);
  put("decay", [decay]);
  // Early averages follow closely, so that the first weights are soon forgotten.
  put("averageRate", [Math.max(1 - optimizer.average, 1 / (step + 1))]);
  put("balancerDecay", [Math.min(0.99, 1 - 1 / step)]);
  const counts = drawLayerCounts(random, batch, quantizer.layers, quantizer.fullShare);
  put("layerMask", layerCountMask(counts, 1, quantizer.layers));
  put(
    "restartOffset",
    Array.from({ length: quantizer.layers }, () => Math.floor(random() * 65536)),
  );
  put(
    "forceRestart",
    Array.from({ length: quantizer.layers }, (_, layer) =>
      step === layer * quantizer.startEvery + 1 ? 1 : 0,
    ),
  );
  return row;
}

function tableOf({ batch, quantizer: { layers } }: Recipe): Table {
  const sizes = {
    stepSize: 1,
    epsilon: 1,
    decay: 1,
    averageRate: 1,
    balancerDecay: 1,
    layerMask: batch * layers,
    restartOffset: layers,
    forceRestart: layers,
  };
  let width = 0;
  const fields: Table["fields"] = {};
  for (const [name, length] of Object.entries(sizes)) {
    fields[name] = { at: width, length };
    width += length;
  }
  return { width, fields };
}

function readField(table: Table, row: Tensor, name: string): Tensor {
  const { at, length } = table.fields[name]!;
  return slice(row, 0, at, at + length);
}

// [batch * layers] to [batch * frames, layers]: all frames of an item use the same layers.
function itemMask(flat: Tensor, batch: number, frames: number, layers: number): Tensor {
  const items = reshape(flat, [batch, 1, layers]);
  return reshape(concat(Array<Tensor>(frames).fill(items), 1), [batch * frames, layers]);
}

function stateInputs(
  { quantizer, encoder, losses }: Recipe,
  chunks: readonly Chunk[],
): Record<string, Tensor> {
  const { layers, entries } = quantizer;
  const shapes: Record<string, number[]> = {};
  for (const kind of ["value", "first", "second", "average"]) {
    for (const { name, size } of chunks) shapes[`${kind}.${name}`] = [size];
  }
  shapes["quantizer.codebooks"] = [layers, entries, encoder.latentDim];
  shapes["quantizer.counts"] = [layers, entries];
  shapes["quantizer.sums"] = [layers, entries, encoder.latentDim];
  shapes["balancer.norms"] = [
    [losses.mel, losses.waveform, losses.siSdr].filter((weight) => weight > 0).length,
  ];
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, input(name, "float32", shape)]),
  );
}

// The last windows overlap frames that a crop does not have; their fade is not the network's to mend.
// 1024 samples cover it and keep every mel window's hop a divisor.
const edge = 1024;

function lossesOf({ losses, encoder }: Recipe, whole: Tensor, wholeDecoded: Tensor) {
  const length = whole.shape[1]! - edge;
  const audio = slice(whole, 1, 0, length);
  const decoded = slice(wholeDecoded, 1, 0, length);
  return [
    { name: "mel", value: melLoss(audio, decoded, encoder.sampleRate), weight: losses.mel },
    { name: "waveform", value: waveformLoss(audio, decoded), weight: losses.waveform },
    { name: "siSdr", value: siSdrLoss(audio, decoded), weight: losses.siSdr },
  ];
}
