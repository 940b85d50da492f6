import {
  chainFields,
  convNextBlock2d,
  countParameters,
  type FrameEncoder,
  linear,
  type PictureDescription,
  symmetricField,
} from "@nacre/blocks";
import { type FrameEncoderConfig, parseConfig } from "./config.js";
import { encoderForward } from "./forward.js";
import { blockOptions, linearOptions, parameterSpecs, scale } from "./parameters.js";

export type { FrameEncoderConfig } from "./config.js";

/**
 * Patches of what the prediction lacks, and of the prediction at half the size, -> ConvNeXt blocks at 1/16 -> latent; cells
 * of it -> side values at 1/64. It is the picture encoder with something to compare with.
 *
 * Before training it is a cosine transform of the difference: residual coding, which works at once and of which the blocks
 * learn where the prediction can be trusted.
 */
export const frameEncoder: FrameEncoder<FrameEncoderConfig> = {
  name: "frame-encoder",
  version: 1,
  parse: parseConfig,
  parameters: parameterSpecs,
  forward: encoderForward,
  describe,
};

function describe(config: FrameEncoderConfig): PictureDescription {
  const { blocks, kernel, latentDim, sideChannels } = config;
  const { embed, head, sideEmbed, sideHead } = linearOptions(config);
  const position =
    linear.multiplyAdds(embed) +
    blocks * convNextBlock2d.multiplyAdds(blockOptions(config)) +
    linear.multiplyAdds(head);
  const cell = linear.multiplyAdds(sideEmbed) + linear.multiplyAdds(sideHead);
  return {
    receptiveField: chainFields(new Array(blocks).fill(symmetricField(kernel))),
    multiplyAddsPerPixel: (position + cell / scale.cell ** 2) / scale.patch ** 2,
    parameterCount: countParameters(parameterSpecs(config)),
    ...scale,
    latentDim,
    sideChannels,
  };
}
