import {
  chainFields,
  convNextBlock2d,
  countParameters,
  type FrameDecoder,
  linear,
  symmetricField,
} from "@nacre/blocks";
import { fine, scale } from "../quarter-positions.js";
import { type FrameDecoderConfig, parseConfig } from "./config.js";
import { decoderForward, sideMean } from "./forward.js";
import { blockOptions, fineBlockOptions, linearOptions, parameterSpecs } from "./parameters.js";

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
  mean: sideMean,
  describe,
};

function describe(config: FrameDecoderConfig): ReturnType<typeof frameDecoder.describe> {
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
function fineReach({ fineBlocks, fineKernel }: FrameDecoderConfig): number {
  const { past } = chainFields(new Array(fineBlocks).fill(symmetricField(fineKernel)));
  return Math.ceil(past / fine.perPosition);
}

// The rows of gain and bias are chosen once a frame and do not count.
function multiplyAddsPerPosition(config: FrameDecoderConfig): number {
  const { mean, embed, refine, fineTold, head } = linearOptions(config);
  const coarse =
    linear.multiplyAdds(mean) / scale.cell ** 2 +
    linear.multiplyAdds(embed) +
    config.blocks * convNextBlock2d.multiplyAdds(blockOptions(config)) +
    linear.multiplyAdds(refine);
  const quarter =
    linear.multiplyAdds(fineTold) +
    config.fineBlocks * convNextBlock2d.multiplyAdds(fineBlockOptions(config)) +
    linear.multiplyAdds(head);
  return coarse + quarter * fine.perPosition ** 2;
}
