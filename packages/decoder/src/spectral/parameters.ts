import {
  binCount,
  type ConvNextOptions,
  convNextBlock,
  linear,
  type ParameterSpec,
  rowNorm,
} from "@nacre/blocks";
import type { SpectralDecoderConfig } from "./config.js";

/** Where each part keeps its parameters. All names begin with "decoder", so that a model's weights may share one file. */
export const place = {
  embed: "decoder.embed",
  embedNorm: "decoder.embedNorm",
  block: (index: number) => `decoder.blocks.${index}`,
  headNorm: "decoder.headNorm",
  head: "decoder.head",
};

/** Options that all blocks of a config share. */
export function blockOptions({ dim, blocks, kernel, expansion }: SpectralDecoderConfig): ConvNextOptions {
  return { channels: dim, kernel, expansion, layerScale: 1 / blocks };
}

/** Widths of the head: log magnitude and phase of every bin. */
export function headWidths({ dim, window }: SpectralDecoderConfig): { inputs: number; outputs: number } {
  return { inputs: dim, outputs: 2 * binCount(window) };
}

/** The trained tensors, from the latent's side to the signal's. */
export function parameterSpecs(config: SpectralDecoderConfig): ParameterSpec[] {
  const { dim, blocks, latentDim } = config;
  return [
    ...linear.parameters(place.embed, { inputs: latentDim, outputs: dim }),
    ...rowNorm.parameters(place.embedNorm, dim),
    ...Array.from({ length: blocks }, (_, i) =>
      convNextBlock.parameters(place.block(i), blockOptions(config)),
    ).flat(),
    ...rowNorm.parameters(place.headNorm, dim),
    ...linear.parameters(place.head, {
      ...headWidths(config),
      // Small, so that magnitudes start near 1 and phases near 0: a quiet click in each window's middle.
      weight: { kind: "normal", deviation: 0.02 },
    }),
  ];
}
