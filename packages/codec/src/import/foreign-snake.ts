import { headWidth, type ParameterSpec, turn } from "@nacre/blocks";
import { snakeDecoder } from "@nacre/decoder";
import { snakeEncoder } from "@nacre/encoder";
import { leastMultiple } from "../model.js";
import type { ForeignConversion } from "./foreign-family.js";
import { type ForeignTensors, joined, refuseStrangers, unimportable } from "./foreign-tensors.js";

/**
 * What the codecs with Snake have in common, as their own configs say it.
 *
 * sampleRate, ratios  from the signal to the latent
 * encoderWidth        channels next to the signal
 * decoderWidth        channels next to the latent
 * latentDim           D
 * layers              [L], frames from one code to the next
 * entries, width      of a codebook
 */
export type SnakeCodec = {
  sampleRate: number;
  ratios: number[];
  encoderWidth: number;
  decoderWidth: number;
  latentDim: number;
  strides: number[];
  entries: number;
  width: number;
};

/** The side's own fields of our two networks. */
export type SnakeForms = {
  depthwise: boolean;
  attention: number;
  lastKernel: number;
  lastActivated: boolean;
  whole: boolean;
};

/** Where the original keeps the Snake and the convolution that stand for one of our prefixes, "encoder.down.0" say. */
export type SnakePlaces = (prefix: string) => { snake: string; conv: string };

// Seconds that are coded together. Layers see a tenth of a second or so beyond them.
const secondsPerChunk = 2;

/**
 * A model of ours with the weights of a codec with Snake.
 *
 * attention  where the original keeps the attention of a side
 * strangers  names of tensors that decide nothing
 * throws     NacreError "model" for tensors that are missing or that the config has no use for
 */
export function convertSnake(
  codec: SnakeCodec,
  forms: SnakeForms,
  tensors: ForeignTensors,
  places: SnakePlaces,
  { attention, strangers }: { attention?: (side: string) => string; strangers?: RegExp } = {},
): Omit<ForeignConversion, "description" | "licence" | "provenance"> {
  const { sampleRate, ratios, latentDim, strides, entries, width } = codec;
  const { depthwise, attention: window, lastKernel, lastActivated, whole } = forms;
  const common = { sampleRate, ratios, latentDim, depthwise, attention: window };
  // Parsing bounds the number of values before any is copied.
  const sender = snakeEncoder.parse({ ...common, width: codec.encoderWidth, lastKernel, lastActivated });
  const receiver = snakeDecoder.parse({ ...common, width: codec.decoderWidth, whole });
  const specs = [...snakeEncoder.parameters(sender), ...snakeDecoder.parameters(receiver)];
  const values = specs.map((spec): [string, Float32Array] => [
    spec.name,
    /\.attention\./.test(spec.name)
      ? attentionValues(spec, tensors, attention!)
      : layerValues(spec, tensors, places),
  ]);
  const quantizer = {
    kind: "residual-factorised-vector" as const,
    layers: strides.length,
    entries,
    width,
    dimension: latentDim,
    strides,
  };
  const parameters = { ...Object.fromEntries(values), ...codebookValues(quantizer, tensors) };
  refuseStrangers(tensors, strangers);
  return {
    framesPerChunk: chunkOf(codec, window),
    encoder: { architecture: snakeEncoder.name, version: snakeEncoder.version, config: sender },
    decoder: { architecture: snakeDecoder.name, version: snakeDecoder.version, config: receiver },
    quantizer,
    parameters,
  };
}

/** A sentence of what the codec is, for the model's card. */
export function snakeDescription(family: string, { sampleRate, strides, entries }: SnakeCodec): string {
  const rate = Math.round(sampleRate / 100) / 10;
  return `${family} at ${rate} kHz, imported: ${strides.length} layers of ${entries}`;
}

function chunkOf({ sampleRate, ratios, strides }: SnakeCodec, attention: number): number {
  const hop = ratios.reduce((product, ratio) => product * ratio, 1);
  const together = [...strides, attention || 1].reduce(leastMultiple, 1);
  const groups = Math.round((secondsPerChunk * sampleRate) / (hop * together));
  const most = Math.floor(4096 / together);
  if (most < 1) throw unimportable(`${together} frames that are coded together`, "at most 4096");
  return together * Math.min(most, Math.max(1, groups));
}

function layerValues({ name, shape }: ParameterSpec, tensors: ForeignTensors, places: SnakePlaces) {
  const [, prefix, part] = /^(.*)\.(snake|weight|bias)$/.exec(name) as unknown as [string, string, string];
  const { snake, conv } = places(prefix);
  if (part === "snake") return tensors.plain(`${snake}.alpha`, [1, shape[0]!, 1]);
  return part === "weight" ? tensors.weight(conv, shape) : tensors.plain(`${conv}.bias`, shape);
}

function attentionValues(
  { name, shape }: ParameterSpec,
  tensors: ForeignTensors,
  attention: (side: string) => string,
): Float32Array {
  const [side, , part] = name.split(".") as [string, string, string];
  const from = attention(side);
  if (name.endsWith("norm.scale")) return tensors.plain(`${from}.norm.weight`, shape);
  if (name.endsWith("norm.bias")) return tensors.plain(`${from}.norm.bias`, shape);
  checkTurns(`${from}.rel_pos.inv_freq`, tensors);
  const [inputs, outputs] = shape as [number, number];
  const stored = part === "project" ? "to_qkv" : "to_out";
  return transposed(tensors.plain(`${from}.${stored}.weight`, [outputs, inputs]), outputs);
}

// They follow from the width of a head alone, and files carry them all the same.
function checkTurns(name: string, tensors: ForeignTensors): void {
  if (!tensors.has(name)) return;
  const found = tensors.plain(name, [headWidth / 2]);
  const wrong = found.findIndex((value, d) => Math.abs(value - turn(d)) > 1e-3 * turn(d));
  if (wrong >= 0) throw unimportable(`angles of its own in "${name}"`, "10000^(-d / 32)");
}

function codebookValues(
  {
    layers,
    entries,
    width,
    dimension,
  }: { layers: number; entries: number; width: number; dimension: number },
  tensors: ForeignTensors,
): Record<string, Float32Array> {
  const of = (part: (from: string) => Float32Array) =>
    joined(Array.from({ length: layers }, (_, layer) => part(`quantizer.quantizers.${layer}`)));
  return {
    "quantizer.codebooks": of((from) => tensors.plain(`${from}.codebook.weight`, [entries, width])),
    "quantizer.in": of((from) => transposed(tensors.weight(`${from}.in_proj`, [width, dimension, 1]), width)),
    "quantizer.inBias": of((from) => tensors.plain(`${from}.in_proj.bias`, [width])),
    "quantizer.out": of((from) =>
      transposed(tensors.weight(`${from}.out_proj`, [dimension, width, 1]), dimension),
    ),
    "quantizer.outBias": of((from) => tensors.plain(`${from}.out_proj.bias`, [dimension])),
  };
}

/** [rows, columns] to [columns, rows]. */
function transposed(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  return Float32Array.from(
    { length: values.length },
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!,
  );
}
