import { convNextBlock2d, linear, type PictureDecoder } from "@nacre/blocks";
import { describeDecoder } from "../describe-decoder.js";
import { sideMean } from "../latent-entrance.js";
import { type PictureDecoderConfig, parseConfig } from "./config.js";
import { blockStates, decoderForward } from "./forward.js";
import { blockOptions, fineBlockOptions, linearOptions, parameterSpecs, place } from "./parameters.js";

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
  mean: ({ latentDim }, parameters, side) => sideMean(place, latentDim, parameters, side),
  describe,
  blocks: {
    count: ({ blocks }) => blocks,
    first: (config, blocks) => ({ ...config, blocks }),
    states: blockStates,
  },
};

function describe(config: PictureDecoderConfig): ReturnType<typeof pictureDecoder.describe> {
  const { mean, embed, refine, head } = linearOptions(config);
  return describeDecoder(config, parameterSpecs(config), {
    cell: linear.multiplyAdds(mean),
    position:
      linear.multiplyAdds(embed) +
      config.blocks * convNextBlock2d.multiplyAdds(blockOptions(config)) +
      linear.multiplyAdds(refine),
    quarter:
      config.fineBlocks * convNextBlock2d.multiplyAdds(fineBlockOptions(config)) + linear.multiplyAdds(head),
  });
}
