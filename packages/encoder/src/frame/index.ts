import { convNextBlock2d, type FrameEncoder, linear, type PictureDescription } from "@nacre/blocks";
import { describeEncoder } from "../cells.js";
import { type FrameEncoderConfig, parseConfig } from "./config.js";
import { encoderForward } from "./forward.js";
import { blockOptions, linearOptions, parameterSpecs } from "./parameters.js";

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
  const { embed, head, sideEmbed, sideHead } = linearOptions(config);
  return describeEncoder(config, parameterSpecs(config), {
    position:
      linear.multiplyAdds(embed) +
      config.blocks * convNextBlock2d.multiplyAdds(blockOptions(config)) +
      linear.multiplyAdds(head),
    cell: linear.multiplyAdds(sideEmbed) + linear.multiplyAdds(sideHead),
  });
}
