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
import type { PictureEncoderConfig } from "./config.js";

/** Where each part keeps its parameters. All names begin with "encoder", so that a model's weights may share one file. */
export const place = {
  embed: "encoder.embed",
  block: (index: number) => `encoder.blocks.${index}`,
  head: "encoder.head",
  sideEmbed: "encoder.side.embed",
  sideHead: "encoder.side.head",
};

/** Options that all blocks of a config share. */
export function blockOptions({ dim, blocks, kernel, expansion }: PictureEncoderConfig): ConvNextOptions {
  return { channels: dim, kernel, expansion, layerScale: startingBranch / blocks };
}

/** The linear maps of a config, by place. */
export function linearOptions(
  config: PictureEncoderConfig,
): Record<"embed" | "head" | "sideEmbed" | "sideHead", LinearOptions> {
  const { dim, latentDim, sideDim, sideChannels } = config;
  return {
    embed: {
      inputs: 3 * scale.patch ** 2,
      outputs: dim,
      weight: { kind: "given", values: () => transform(dim) },
      bias: { kind: "given", values: () => Float32Array.from({ length: dim }, (_, at) => rowOffset(at)) },
    },
    head: {
      inputs: dim,
      outputs: latentDim,
      weight: { kind: "given", values: () => diagonalMatrix(dim, latentDim) },
      bias: { kind: "given", values: () => headBias(dim, latentDim) },
    },
    sideEmbed: { inputs: latentDim * scale.cell ** 2, outputs: sideDim },
    sideHead: { inputs: sideDim, outputs: sideChannels },
  };
}

/** The trained tensors, from the picture to the latent and on to the side values. */
export function parameterSpecs(config: PictureEncoderConfig): ParameterSpec[] {
  const { blocks } = config;
  const { embed, head, sideEmbed, sideHead } = linearOptions(config);
  return [
    ...linear.parameters(place.embed, embed),
    ...Array.from({ length: blocks }, (_, i) =>
      convNextBlock2d.parameters(place.block(i), blockOptions(config)),
    ).flat(),
    ...linear.parameters(place.head, head),
    ...linear.parameters(place.sideEmbed, sideEmbed),
    ...linear.parameters(place.sideHead, sideHead),
  ];
}

/** The cosine transform as a matrix [3 * patch * patch, dim]; columns beyond it are zero. */
function transform(dim: number): Float32Array {
  const inputs = 3 * scale.patch ** 2;
  const weights = new Float32Array(inputs * dim);
  for (const [column, row] of cosinePatches(scale.patch, dim).entries()) {
    for (const [at, value] of row.entries()) weights[at * dim + column] = value;
  }
  return weights;
}

/** Takes the offsets of the rows away again. */
function headBias(dim: number, latentDim: number): Float32Array {
  return Float32Array.from({ length: latentDim }, (_, at) => (at < dim ? -rowOffset(at) : 0));
}
