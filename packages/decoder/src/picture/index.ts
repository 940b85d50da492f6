import {
  chainFields,
  convNextBlock2d,
  countParameters,
  linear,
  type PictureDecoder,
  symmetricField,
} from "@nacre/blocks";
import { type PictureDecoderConfig, parseConfig } from "./config.js";
import { blockStates, decoderForward, sideMean } from "./forward.js";
import { blockOptions, fine, fineBlockOptions, linearOptions, parameterSpecs, scale } from "./parameters.js";

export type { PictureDecoderConfig } from "./config.js";

/**
 * Latent, gained and shifted by depth, plus the mean that side values tell -> ConvNeXt blocks at 1/16 ->
 * pixel shuffle to 1/4 -> a few narrow blocks -> pixel shuffle to pixels. A receiver has to be thin: most
 * work is done at 1/16, and at 1/4 just enough to join patches without seams.
 *
 * As in the encoder no norm stands on the way of the rows: contrast goes through to the pixels.
 *
 * Gain and bias of a depth cost nothing beside the blocks, and let one network serve every prefix of
 * layers: a latent of few layers is smaller and further off than one of many.
 */
export const pictureDecoder: PictureDecoder<PictureDecoderConfig> = {
  name: "picture-decoder",
  version: 1,
  parse: parseConfig,
  parameters: parameterSpecs,
  forward: decoderForward,
  mean: sideMean,
  describe,
  blocks: {
    count: ({ blocks }) => blocks,
    first: (config, blocks) => ({ ...config, blocks }),
    states: blockStates,
  },
};

function describe(config: PictureDecoderConfig): ReturnType<typeof pictureDecoder.describe> {
  const { latentDim, sideChannels, layers, blocks, kernel } = config;
  const reach = fineReach(config);
  return {
    receptiveField: chainFields([
      ...new Array(blocks).fill(symmetricField(kernel)),
      { past: reach, future: reach },
    ]),
    multiplyAddsPerPixel: multiplyAddsPerPosition(config) / scale.patch ** 2,
    parameterCount: countParameters(parameterSpecs(config)),
    ...scale,
    latentDim,
    sideChannels,
    layers,
  };
}

/** Whole positions that the blocks at 1/4 reach into. */
function fineReach({ fineBlocks, fineKernel }: PictureDecoderConfig): number {
  const { past } = chainFields(new Array(fineBlocks).fill(symmetricField(fineKernel)));
  return Math.ceil(past / fine.perPosition);
}

// The rows of gain and bias are chosen once a picture and do not count.
function multiplyAddsPerPosition(config: PictureDecoderConfig): number {
  const { mean, embed, refine, head } = linearOptions(config);
  const coarse =
    linear.multiplyAdds(mean) / scale.cell ** 2 +
    linear.multiplyAdds(embed) +
    config.blocks * convNextBlock2d.multiplyAdds(blockOptions(config)) +
    linear.multiplyAdds(refine);
  const quarter =
    config.fineBlocks * convNextBlock2d.multiplyAdds(fineBlockOptions(config)) + linear.multiplyAdds(head);
  return coarse + quarter * fine.perPosition ** 2;
}
