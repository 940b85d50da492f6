import {
  type ConvNextOptions,
  convNextBlock2d,
  cosinePatches,
  diagonalMatrix,
  type LinearOptions,
  linear,
  type ParameterSpec,
  rowOffset,
} from "@nacre/blocks";
import { scale, startingBranch } from "../cells.js";
import type { FrameEncoderConfig } from "./config.js";

/** Pixels of a position: of the frame, and of the prediction at half the size. */
export const inputs = { lacking: 3 * scale.patch ** 2, told: 3 * (scale.patch / 2) ** 2 };

/** Where each part keeps its parameters; another prefix than a picture encoder's, so that one file may hold both. */
export const place = {
  embed: "frameEncoder.embed",
  block: (index: number) => `frameEncoder.blocks.${index}`,
  head: "frameEncoder.head",
  sideEmbed: "frameEncoder.side.embed",
  sideHead: "frameEncoder.side.head",
};

/** Options that all blocks of a config share. */
export function blockOptions(config: FrameEncoderConfig): ConvNextOptions {
  const { dim, toldDim, blocks, kernel, expansion } = config;
  return { channels: dim + toldDim, kernel, expansion, layerScale: startingBranch / blocks };
}

/** The linear maps of a config, by place. */
export function linearOptions(
  config: FrameEncoderConfig,
): Record<"embed" | "head" | "sideEmbed" | "sideHead", LinearOptions> {
  const { dim, toldDim, latentDim, sideDim, sideChannels } = config;
  const width = dim + toldDim;
  return {
    embed: {
      inputs: inputs.lacking + inputs.told,
      outputs: width,
      weight: { kind: "given", values: () => transforms(config) },
      bias: { kind: "given", values: () => Float32Array.from({ length: width }, (_, at) => rowOffset(at)) },
    },
    head: {
      inputs: width,
      outputs: latentDim,
      weight: { kind: "given", values: () => headWeights(config) },
      bias: { kind: "given", values: () => headBias(config) },
    },
    sideEmbed: { inputs: latentDim * scale.cell ** 2, outputs: sideDim },
    sideHead: { inputs: sideDim, outputs: sideChannels },
  };
}

/** The trained tensors, from the frame to the latent and on to the side values. */
export function parameterSpecs(config: FrameEncoderConfig): ParameterSpec[] {
  const { embed, head, sideEmbed, sideHead } = linearOptions(config);
  return [
    ...linear.parameters(place.embed, embed),
    ...Array.from({ length: config.blocks }, (_, i) =>
      convNextBlock2d.parameters(place.block(i), blockOptions(config)),
    ).flat(),
    ...linear.parameters(place.head, head),
    ...linear.parameters(place.sideEmbed, sideEmbed),
    ...linear.parameters(place.sideHead, sideHead),
  ];
}

/** Both cosine transforms as one matrix: of what is lacking to the first channels, of the prediction to the others. */
function transforms({ dim, toldDim }: FrameEncoderConfig): Float32Array {
  const width = dim + toldDim;
  const weights = new Float32Array((inputs.lacking + inputs.told) * width);
  for (const [column, row] of cosinePatches(scale.patch, dim).entries()) {
    for (const [at, value] of row.entries()) weights[at * width + column] = value;
  }
  for (const [column, row] of cosinePatches(scale.patch / 2, toldDim).entries()) {
    for (const [at, value] of row.entries()) weights[(inputs.lacking + at) * width + dim + column] = value;
  }
  return weights;
}

/** The latent begins as what is lacking alone. */
function headWeights({ dim, toldDim, latentDim }: FrameEncoderConfig): Float32Array {
  const weights = new Float32Array((dim + toldDim) * latentDim);
  weights.set(diagonalMatrix(dim, latentDim));
  return weights;
}

/** Takes the offsets of the rows away again. */
function headBias({ dim, latentDim }: FrameEncoderConfig): Float32Array {
  return Float32Array.from({ length: latentDim }, (_, at) => (at < dim ? -rowOffset(at) : 0));
}
