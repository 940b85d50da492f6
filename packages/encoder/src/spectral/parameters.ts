import {
  binCount,
  type ConvNextOptions,
  convNextBlock,
  linear,
  type ParameterSpec,
  rowNorm,
} from "@nacre/blocks";
import type { SpectralEncoderConfig } from "./config.js";

/** Where each part keeps its parameters. All names begin with "encoder", so that a model's weights may share one file. */
export const place = {
  embed: "encoder.embed",
  embedNorm: "encoder.embedNorm",
  block: (index: number) => `encoder.blocks.${index}`,
  headNorm: "encoder.headNorm",
  head: "encoder.head",
};

/** Real and imaginary part of every bin. */
export function featureCount({ window }: SpectralEncoderConfig): number {
  return 2 * binCount(window);
}

/** Options that all blocks of a config share. */
export function blockOptions({ dim, blocks, kernel, expansion }: SpectralEncoderConfig): ConvNextOptions {
  return { channels: dim, kernel, expansion, layerScale: 1 / blocks };
}

/** The trained tensors, from the signal's side to the latent's. */
export function parameterSpecs(config: SpectralEncoderConfig): ParameterSpec[] {
  const { dim, blocks, latentDim } = config;
  return [
    ...linear.parameters(place.embed, {
      inputs: featureCount(config),
      outputs: dim,
      // The norm that follows would divide loudness away; beside a bias that is not zero it stays visible.
      bias: { kind: "normal", deviation: 0.3 },
    }),
    ...rowNorm.parameters(place.embedNorm, dim),
    ...Array.from({ length: blocks }, (_, i) =>
      convNextBlock.parameters(place.block(i), blockOptions(config)),
    ).flat(),
    ...rowNorm.parameters(place.headNorm, dim),
    ...linear.parameters(place.head, { inputs: dim, outputs: latentDim }),
  ];
}
