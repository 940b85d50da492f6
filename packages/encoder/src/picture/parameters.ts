import {
  type ConvNextOptions,
  convNextBlock2d,
  type LinearOptions,
  linear,
  type ParameterSpec,
} from "@nacre/blocks";
import type { PictureEncoderConfig } from "./config.js";

/** Pixels along a side of a position, and positions along a side of a cell of side values. */
export const scale = { patch: 16, cell: 4 };

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
  return { channels: dim, kernel, expansion, layerScale: 1 / blocks };
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
      // The norm in a block would divide contrast away; beside a bias that is not zero it stays visible.
      bias: { kind: "normal", deviation: 0.3 },
    },
    head: { inputs: dim, outputs: latentDim },
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
