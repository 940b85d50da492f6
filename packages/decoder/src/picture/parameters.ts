import {
  type ConvNextOptions,
  convNextBlock2d,
  diagonalMatrix,
  type LinearOptions,
  linear,
  type ParameterSpec,
  rowOffset,
} from "@nacre/blocks";
import { fine, headWeights, refineBias, refineWeights, scale, startingBranch } from "../quarter-positions.js";
import type { PictureDecoderConfig } from "./config.js";

export { fine, scale } from "../quarter-positions.js";

/** Where each part keeps its parameters. All names begin with "decoder", so that a model's weights may share one file. */
export const place = {
  depthGain: "decoder.depth.gain",
  depthBias: "decoder.depth.bias",
  mean: "decoder.mean",
  embed: "decoder.embed",
  block: (index: number) => `decoder.blocks.${index}`,
  refine: "decoder.refine",
  fineBlock: (index: number) => `decoder.fineBlocks.${index}`,
  head: "decoder.head",
};

/** Options of the blocks at 1/16. */
export function blockOptions({ dim, blocks, kernel, expansion }: PictureDecoderConfig): ConvNextOptions {
  return { channels: dim, kernel, expansion, layerScale: startingBranch / blocks };
}

/** Options of the blocks at 1/4. */
export function fineBlockOptions(config: PictureDecoderConfig): ConvNextOptions {
  const { fineDim, fineBlocks, fineKernel, fineExpansion } = config;
  const layerScale = startingBranch / fineBlocks;
  return { channels: fineDim, kernel: fineKernel, expansion: fineExpansion, layerScale };
}

/** The linear maps of a config, by place. */
export function linearOptions(
  config: PictureDecoderConfig,
): Record<"mean" | "embed" | "refine" | "head", LinearOptions> {
  const { latentDim, sideChannels, dim, fineDim } = config;
  return {
    mean: {
      inputs: sideChannels,
      outputs: latentDim * scale.cell ** 2,
      // Side values are whole numbers that mean nothing yet: enough to teach their encoder, not to disturb.
      weight: { kind: "normal", deviation: 0.1 / Math.sqrt(sideChannels) },
    },
    embed: {
      inputs: latentDim,
      outputs: dim,
      weight: { kind: "given", values: () => diagonalMatrix(latentDim, dim) },
      // Most codes of a small file are zero, and the norm in a block would blow up what little is left.
      bias: { kind: "given", values: () => Float32Array.from({ length: dim }, (_, at) => rowOffset(at)) },
    },
    refine: {
      inputs: dim,
      outputs: fineDim * fine.perPosition ** 2,
      weight: { kind: "given", values: () => refineWeights(dim, fineDim) },
      bias: { kind: "given", values: () => refineBias(dim, fineDim) },
    },
    head: {
      inputs: fineDim,
      outputs: 3 * fine.patch ** 2,
      weight: { kind: "given", values: () => headWeights(fineDim) },
    },
  };
}

/** The trained tensors, from the latent's side to the picture's. */
export function parameterSpecs(config: PictureDecoderConfig): ParameterSpec[] {
  const { latentDim, layers, blocks, fineBlocks } = config;
  const { mean, embed, refine, head } = linearOptions(config);
  const byDepth = { shape: [layers + 1, latentDim], decay: false };
  return [
    { name: place.depthGain, ...byDepth, initial: { kind: "ones" } },
    { name: place.depthBias, ...byDepth, initial: { kind: "zeros" } },
    ...linear.parameters(place.mean, mean),
    ...linear.parameters(place.embed, embed),
    ...Array.from({ length: blocks }, (_, i) =>
      convNextBlock2d.parameters(place.block(i), blockOptions(config)),
    ).flat(),
    ...linear.parameters(place.refine, refine),
    ...Array.from({ length: fineBlocks }, (_, i) =>
      convNextBlock2d.parameters(place.fineBlock(i), fineBlockOptions(config)),
    ).flat(),
    ...linear.parameters(place.head, head),
  ];
}
