import type { Tensor } from "@nacre/graph";
import type { NetworkDescription, ParameterSpec, Parameters, ReceptiveField } from "../network.js";
import { countParameters } from "../parameters.js";
import { type SnakeConfig, snakeHop } from "./config.js";
import { type LocalAttentionOptions, localAttention } from "./local-attention.js";
import {
  type SnakeConvOptions,
  type SnakeReach,
  type SnakeUnitOptions,
  type SnakeUpsamplingOptions,
  snakeConv,
  snakeReach,
  snakeUnit,
  snakeUpsampling,
} from "./snake-conv.js";

/**
 * One layer, named as its parameters are.
 *
 * step  samples of the signal from one of its inputs to the next
 */
export type SnakeLayer = { name: string; step: number } & (
  | ({ kind: "conv" } & SnakeConvOptions)
  | ({ kind: "unit" } & SnakeUnitOptions)
  | ({ kind: "up" } & SnakeUpsamplingOptions)
  | ({ kind: "attention" } & LocalAttentionOptions)
);

/** What all layers of one side do, computed from their list. */
export const snakeLayers = {
  parameters: (layers: readonly SnakeLayer[]): ParameterSpec[] => layers.flatMap(parametersOf),

  /** x [B, C, T] through every layer. */
  forward: (layers: readonly SnakeLayer[], parameters: Parameters, x: Tensor): Tensor =>
    layers.reduce((signal, layer) => forwardOf(layer, parameters, signal), x),
};

/** The three residual units of one scale; prefix is their parameters' place. */
export function snakeUnits(
  prefix: string,
  channels: number,
  step: number,
  { depthwise }: SnakeConfig,
): SnakeLayer[] {
  return [1, 3, 9].map((dilation, unit) => ({
    kind: "unit",
    name: `${prefix}.${unit}`,
    step,
    channels,
    dilation,
    depthwise,
  }));
}

/** What one side costs and promises; `own` are the samples of its own hop in the delay, the encoder's alone. */
export function describeSnake(
  config: SnakeConfig,
  layers: readonly SnakeLayer[],
  own: number,
): NetworkDescription {
  const { sampleRate, latentDim, attention } = config;
  const hop = snakeHop(config);
  const receptiveField = fieldOf(layers, hop);
  return {
    receptiveField,
    delaySamples: own + receptiveField.future * hop,
    multiplyAddsPerFrame: layers.reduce((sum, layer) => sum + (multiplyAddsOf(layer) * hop) / layer.step, 0),
    parameterCount: countParameters(snakeLayers.parameters(layers)),
    sampleRate,
    hop,
    latentDim,
    ownEnds: true,
    ...(attention > 0 ? { framesTogether: attention } : {}),
  };
}

function parametersOf(layer: SnakeLayer): ParameterSpec[] {
  if (layer.kind === "conv") return snakeConv.parameters(layer.name, layer);
  if (layer.kind === "unit") return snakeUnit.parameters(layer.name, layer);
  if (layer.kind === "up") return snakeUpsampling.parameters(layer.name, layer);
  return localAttention.parameters(layer.name, layer);
}

function forwardOf(layer: SnakeLayer, parameters: Parameters, x: Tensor): Tensor {
  if (layer.kind === "conv") return snakeConv.forward(layer.name, parameters, x, layer);
  if (layer.kind === "unit") return snakeUnit.forward(layer.name, parameters, x, layer);
  if (layer.kind === "up") return snakeUpsampling.forward(layer.name, parameters, x, layer);
  return localAttention.forward(layer.name, parameters, x, layer);
}

function fieldOf(layers: readonly SnakeLayer[], hop: number): ReceptiveField {
  const reaches = layers.map(reachOf);
  return {
    past: Math.ceil(reaches.reduce((sum, { before }) => sum + before, 0) / hop),
    future: Math.ceil(reaches.reduce((sum, { behind }) => sum + behind, 0) / hop),
  };
}

/** Samples before and behind those that an output stands for. */
function reachOf(layer: SnakeLayer): SnakeReach {
  if (layer.kind === "attention") {
    const others = (layer.window - 1) * layer.step;
    return { before: others, behind: others };
  }
  // A kernel of two strides lets an output see its neighbours' inputs.
  if (layer.kind === "up") return { before: layer.step, behind: layer.step };
  const { before, behind } = snakeReach(layer.kind === "unit" ? snakeUnit.wide(layer) : layer);
  return { before: before * layer.step, behind: behind * layer.step };
}

function multiplyAddsOf(layer: SnakeLayer): number {
  if (layer.kind === "conv") return snakeConv.multiplyAdds(layer);
  if (layer.kind === "unit") return snakeUnit.multiplyAdds(layer);
  if (layer.kind === "up") return snakeUpsampling.multiplyAdds(layer);
  return localAttention.multiplyAdds(layer);
}
