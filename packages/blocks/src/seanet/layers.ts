import { elu, type Tensor } from "@nacre/graph";
import type { ParameterSpec, Parameters, ReceptiveField } from "../network.js";
import { type LstmStackOptions, lstmStack } from "./lstm-stack.js";
import {
  kernelReach,
  type PaddedConvOptions,
  paddedConv,
  type ResidualUnitOptions,
  residualUnit,
  type UpsamplingOptions,
  upsampling,
} from "./padded-conv.js";

/**
 * One layer of a SEANet, named as its parameters are.
 *
 * step  samples of the signal from one of its inputs to the next
 */
export type SeanetLayer = { name: string; step: number } & (
  | ({ kind: "conv"; activated: boolean } & PaddedConvOptions)
  | ({ kind: "unit" } & ResidualUnitOptions)
  | ({ kind: "up" } & UpsamplingOptions)
  | ({ kind: "lstm" } & LstmStackOptions)
);

/** What all layers of one side do, computed from their list. */
export const seanetLayers = {
  parameters: (layers: readonly SeanetLayer[]): ParameterSpec[] => layers.flatMap(parametersOf),

  /** x [B, C, T] through every layer. */
  forward(layers: readonly SeanetLayer[], parameters: Parameters, x: Tensor, causal: boolean): Tensor {
    return layers.reduce((signal, layer) => forwardOf(layer, parameters, signal, causal), x);
  },

  /** How far the convolutions see, in frames; an LSTM sees all that was. */
  receptiveField(layers: readonly SeanetLayer[], causal: boolean, hop: number): ReceptiveField {
    const reaches = layers.map((layer) => reachOf(layer, causal));
    const frames = (samples: number) => Math.ceil(samples / hop);
    return {
      past: frames(reaches.reduce((sum, { before }) => sum + before, 0)),
      future: frames(reaches.reduce((sum, { behind }) => sum + behind, 0)),
    };
  },

  /** Multiply-adds for one frame. */
  multiplyAdds: (layers: readonly SeanetLayer[], hop: number): number =>
    layers.reduce((sum, layer) => sum + multiplyAddsOf(layer, hop), 0),
};

function parametersOf(layer: SeanetLayer): ParameterSpec[] {
  if (layer.kind === "conv") return paddedConv.parameters(layer.name, layer);
  if (layer.kind === "unit") return residualUnit.parameters(layer.name, layer);
  if (layer.kind === "up") return upsampling.parameters(layer.name, layer);
  return lstmStack.parameters(layer.name, layer);
}

function forwardOf(layer: SeanetLayer, parameters: Parameters, x: Tensor, causal: boolean): Tensor {
  const { name } = layer;
  if (layer.kind === "conv")
    return paddedConv.forward(name, parameters, layer.activated ? elu(x) : x, layer, causal);
  if (layer.kind === "unit") return residualUnit.forward(name, parameters, x, layer, causal);
  if (layer.kind === "up") return upsampling.forward(name, parameters, elu(x), layer, causal);
  return lstmStack.forward(name, parameters, x, layer);
}

/** Samples before and behind those that an output stands for. */
function reachOf(layer: SeanetLayer, causal: boolean): { before: number; behind: number } {
  if (layer.kind === "lstm") return { before: 0, behind: 0 };
  // A kernel of two strides lets an output see its neighbours' inputs.
  if (layer.kind === "up") return { before: layer.step, behind: causal ? 0 : layer.step };
  const { before, behind } = kernelReach(layer.kind === "unit" ? residualUnit.wide(layer) : layer, causal);
  return { before: before * layer.step, behind: behind * layer.step };
}

function multiplyAddsOf(layer: SeanetLayer, hop: number): number {
  const perStep = () => {
    if (layer.kind === "conv") return (layer.inputs * layer.outputs * layer.kernel) / layer.stride;
    if (layer.kind === "unit") return residualUnit.multiplyAdds(layer);
    if (layer.kind === "up") return 2 * layer.inputs * layer.outputs * layer.ratio;
    return lstmStack.multiplyAdds(layer);
  };
  return (perStep() * hop) / layer.step;
}
