import { convNextBlock2d, type FrameDecoder, linear } from "@nacre/blocks";
import { describeDecoder } from "../describe-decoder.js";
import { sideMean } from "../latent-entrance.js";
import { type FrameDecoderConfig, parseConfig } from "./config.js";
import { decoderForward } from "./forward.js";
import { blockOptions, fineBlockOptions, linearOptions, parameterSpecs, place } from "./parameters.js";

export type { FrameDecoderConfig } from "./config.js";

/**
 * The picture decoder with a prediction: its transform stands beside the latent at 1/16 and beside what comes of it at 1/4,
 * and what comes out is added to it. So blocks at 1/4 see the pixels that they mend, as a loop filter does.
 *
 * Before training it is an inverse cosine transform added to the prediction: nothing coded is the prediction itself.
 */
export const frameDecoder: FrameDecoder<FrameDecoderConfig> = {
  name: "frame-decoder",
  version: 1,
  parse: parseConfig,
  parameters: parameterSpecs,
  forward: decoderForward,
  mean: ({ latentDim }, parameters, side) => sideMean(place, latentDim, parameters, side),
  describe,
};

function describe(config: FrameDecoderConfig): ReturnType<typeof frameDecoder.describe> {
  const { mean, embed, refine, fineTold, head } = linearOptions(config);
  return describeDecoder(config, parameterSpecs(config), {
    cell: linear.multiplyAdds(mean),
    position:
      linear.multiplyAdds(embed) +
      config.blocks * convNextBlock2d.multiplyAdds(blockOptions(config)) +
      linear.multiplyAdds(refine),
    quarter:
      linear.multiplyAdds(fineTold) +
      config.fineBlocks * convNextBlock2d.multiplyAdds(fineBlockOptions(config)) +
      linear.multiplyAdds(head),
  });
}
