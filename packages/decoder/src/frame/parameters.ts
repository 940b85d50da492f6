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
import { fine, headWeights, refineBias, refineWeights, scale, startingBranch } from "../quarter-positions.js";
import type { FrameDecoderConfig } from "./config.js";

/** Values of a position and of a quarter position of the prediction: at half the size, and whole. */
export const told = { coarse: 3 * (scale.patch / 2) ** 2, fine: 3 * fine.patch ** 2 };

/** Where each part keeps its parameters; another prefix than a picture decoder's, so that one file may hold both. */
export const place = {
  depthGain: "frameDecoder.depth.gain",
  depthBias: "frameDecoder.depth.bias",
  mean: "frameDecoder.mean",
  embed: "frameDecoder.embed",
  block: (index: number) => `frameDecoder.blocks.${index}`,
  refine: "frameDecoder.refine",
  fineTold: "frameDecoder.fineTold",
  fineBlock: (index: number) => `frameDecoder.fineBlocks.${index}`,
  head: "frameDecoder.head",
};

/** Options of the blocks at 1/16. */
export function blockOptions(config: FrameDecoderConfig): ConvNextOptions {
  const { dim, toldDim, blocks, kernel, expansion } = config;
  return { channels: dim + toldDim, kernel, expansion, layerScale: startingBranch / blocks };
}

/** Options of the blocks at 1/4. */
export function fineBlockOptions(config: FrameDecoderConfig): ConvNextOptions {
  const { fineDim, fineToldDim, fineBlocks, fineKernel, fineExpansion } = config;
  return {
    channels: fineDim + fineToldDim,
    kernel: fineKernel,
    expansion: fineExpansion,
    layerScale: startingBranch / fineBlocks,
  };
}

/** The linear maps of a config, by place. */
export function linearOptions(
  config: FrameDecoderConfig,
): Record<"mean" | "embed" | "refine" | "fineTold" | "head", LinearOptions> {
  const { latentDim, sideChannels, dim, toldDim, fineDim, fineToldDim } = config;
  const width = dim + toldDim;
  return {
    mean: {
      inputs: sideChannels,
      outputs: latentDim * scale.cell ** 2,
      // Side values are whole numbers that mean nothing yet: enough to teach their encoder, not to disturb.
      weight: { kind: "normal", deviation: 0.1 / Math.sqrt(sideChannels) },
    },
    embed: {
      inputs: latentDim + told.coarse,
      outputs: width,
      weight: { kind: "given", values: () => embedWeights(config) },
      bias: { kind: "given", values: () => Float32Array.from({ length: width }, (_, at) => rowOffset(at)) },
    },
    refine: {
      inputs: width,
      outputs: fineDim * fine.perPosition ** 2,
      weight: { kind: "given", values: () => spread(config) },
      bias: { kind: "given", values: () => refineBias(dim, fineDim) },
    },
    fineTold: {
      inputs: told.fine,
      outputs: fineToldDim,
      weight: { kind: "given", values: () => transform(fine.patch, fineToldDim) },
    },
    head: {
      inputs: fineDim + fineToldDim,
      outputs: 3 * fine.patch ** 2,
      weight: { kind: "given", values: () => differenceHead(config) },
    },
  };
}

/** The trained tensors, from the latent's side to the frame's. */
export function parameterSpecs(config: FrameDecoderConfig): ParameterSpec[] {
  const { latentDim, layers, blocks, fineBlocks } = config;
  const { mean, embed, refine, fineTold, head } = linearOptions(config);
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
    ...linear.parameters(place.fineTold, fineTold),
    ...Array.from({ length: fineBlocks }, (_, i) =>
      convNextBlock2d.parameters(place.fineBlock(i), fineBlockOptions(config)),
    ).flat(),
    ...linear.parameters(place.head, head),
  ];
}

/** The latent to the first channels, the transform of the prediction at half the size to the others. */
function embedWeights({ latentDim, dim, toldDim }: FrameDecoderConfig): Float32Array {
  const width = dim + toldDim;
  const weights = new Float32Array((latentDim + told.coarse) * width);
  const through = diagonalMatrix(latentDim, dim);
  for (let row = 0; row < latentDim; row++) {
    weights.set(through.subarray(row * dim, (row + 1) * dim), row * width);
  }
  const shown = transform(scale.patch / 2, toldDim);
  for (let row = 0; row < told.coarse; row++) {
    weights.set(shown.subarray(row * toldDim, (row + 1) * toldDim), (latentDim + row) * width + dim);
  }
  return weights;
}

/** What is lacking to quarter positions; what is told of the prediction is for the blocks alone at first. */
function spread({ dim, toldDim, fineDim }: FrameDecoderConfig): Float32Array {
  const weights = new Float32Array((dim + toldDim) * fineDim * fine.perPosition ** 2);
  weights.set(refineWeights(dim, fineDim));
  return weights;
}

function differenceHead({ fineDim, fineToldDim }: FrameDecoderConfig): Float32Array {
  const weights = new Float32Array((fineDim + fineToldDim) * 3 * fine.patch ** 2);
  weights.set(headWeights(fineDim));
  return weights;
}

/** The cosine transform of patches as a matrix [3 * size * size, channels]. */
function transform(size: number, channels: number): Float32Array {
  const weights = new Float32Array(3 * size ** 2 * channels);
  for (const [column, row] of cosinePatches(size, channels).entries()) {
    for (const [at, value] of row.entries()) weights[at * channels + column] = value;
  }
  return weights;
}
