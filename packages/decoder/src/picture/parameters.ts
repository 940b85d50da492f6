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
import type { PictureDecoderConfig } from "./config.js";

/** Pixels along a side of a position, and positions along a side of a cell of side values. */
export const scale = { patch: 16, cell: 4 };

/** Pixels along a side of a quarter position, and how many of those lie along a side of a position. */
export const fine = { patch: 4, perPosition: 4 };

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

/**
 * What all branches of a scale start at together beside the residual: the maps alone are an inverse cosine
 * transform at first, and a branch that has learned nothing adds noise to it.
 */
const startingBranch = 0.05;

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

/**
 * Coefficients of a patch to those of its quarter positions, [dim, perPosition^2 * fineDim]: the inverse
 * transform at 1/16 and the transform at 1/4 as one matrix.
 */
function refineWeights(dim: number, fineDim: number): Float32Array {
  const { patch, perPosition } = fine;
  const outputs = perPosition ** 2 * fineDim;
  const weights = new Float32Array(dim * outputs);
  const quarters = cosinePatches(patch, fineDim);
  for (const [row, whole] of cosinePatches(scale.patch, dim).entries()) {
    for (let place = 0; place < perPosition ** 2; place++) {
      const part = quarterOf(whole, Math.floor(place / perPosition), place % perPosition);
      for (const [channel, quarter] of quarters.entries()) {
        weights[row * outputs + place * fineDim + channel] = part.reduce((s, x, i) => s + x * quarter[i]!, 0);
      }
    }
  }
  return weights;
}

/** Takes the offsets of the rows away again. */
function refineBias(dim: number, fineDim: number): Float32Array {
  const weights = refineWeights(dim, fineDim);
  const outputs = weights.length / dim;
  return Float32Array.from({ length: outputs }, (_, at) => {
    let sum = 0;
    for (let row = 0; row < dim; row++) sum -= rowOffset(row) * weights[row * outputs + at]!;
    return sum;
  });
}

/** Coefficients of a quarter position to its pixels, [fineDim, 3 * patch^2]; rows beyond them are zero. */
function headWeights(fineDim: number): Float32Array {
  const outputs = 3 * fine.patch ** 2;
  const weights = new Float32Array(fineDim * outputs);
  for (const [row, values] of cosinePatches(fine.patch, fineDim).entries())
    weights.set(values, row * outputs);
  return weights;
}

/** A quarter position's pixels out of a patch's. */
function quarterOf(whole: Float64Array, down: number, across: number): Float64Array {
  const { patch } = fine;
  return Float64Array.from({ length: 3 * patch ** 2 }, (_, at) => {
    const channel = Math.floor(at / patch ** 2);
    const line = patch * down + (Math.floor(at / patch) % patch);
    return whole[(channel * scale.patch + line) * scale.patch + patch * across + (at % patch)]!;
  });
}
