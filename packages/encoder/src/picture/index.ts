import { convNextBlock2d, linear, type PictureDescription, type PictureEncoder } from "@nacre/blocks";
import { describeEncoder } from "../cells.js";
import { type PictureEncoderConfig, parseConfig } from "./config.js";
import { blockStates, encoderForward } from "./forward.js";
import { blockOptions, linearOptions, parameterSpecs } from "./parameters.js";

export type { PictureEncoderConfig } from "./config.js";

/**
 * Patches of 16 x 16 pixels -> ConvNeXt blocks at 1/16 -> latent; cells of 4 x 4 positions of it -> side
 * values at 1/64, the hyper-latent of Balle et al. 2018 (arXiv 1802.01436). All work is done at 1/16,
 * where a network over finer scales would spend most of its time on moving memory.
 *
 * No norm stands between the residual rows and the latent, as there would be in a classifier: so the
 * network is a linear transform of patches and corrections to it, and a step of the quantizer is worth
 * the same at any contrast.
 *
 * Side values are left for the quantizer to round; what they are worth a step is part of the last map.
 */
export const pictureEncoder: PictureEncoder<PictureEncoderConfig> = {
  name: "picture-encoder",
  version: 1,
  parse: parseConfig,
  parameters: parameterSpecs,
  forward: encoderForward,
  describe,
  blocks: {
    count: ({ blocks }) => blocks,
    first: (config, blocks) => ({ ...config, blocks }),
    states: blockStates,
  },
};

function describe(config: PictureEncoderConfig): PictureDescription {
  const { embed, head, sideEmbed, sideHead } = linearOptions(config);
  return describeEncoder(config, parameterSpecs(config), {
    position:
      linear.multiplyAdds(embed) +
      config.blocks * convNextBlock2d.multiplyAdds(blockOptions(config)) +
      linear.multiplyAdds(head),
    cell: linear.multiplyAdds(sideEmbed) + linear.multiplyAdds(sideHead),
  });
}
