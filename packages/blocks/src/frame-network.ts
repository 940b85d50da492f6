import type { Tensor } from "@nacre/graph";
import type { Architecture, Parameters } from "./network.js";
import type { PictureDecoderInput, PictureDescription, PictureLatent } from "./picture-network.js";

/**
 * Frames and their predictions [B, 3, height, width], float32, RGB as stored / 255 - 0.5, to the latent of what the
 * prediction lacks and to side values, as a picture encoder has them.
 *
 * The prediction is the frame before, decoded and moved: the network is told it and need not send what it shows
 * (conditional coding, Li et al. 2021, arXiv 2109.15047).
 */
export type FrameEncoder<C> = Architecture<C, PictureDescription> & {
  /**
   * Builds the graph.
   * throws NacreError "shape" unless both are whole cells high and wide and of one shape, "model" when a parameter is missing
   */
  forward(config: C, parameters: Parameters, frame: Tensor, prediction: Tensor): PictureLatent;
};

/** What a decoder of frames is given. */
export type FrameDecoderInput = PictureDecoderInput & { prediction: Tensor };

/** A picture decoder that is told the prediction too; what comes out is the frame, not the difference. */
export type FrameDecoder<C> = Architecture<C, PictureDescription & { layers: number }> & {
  /**
   * Builds the graph; returns [B, 3, height, width], not clipped.
   * throws NacreError "shape" when inputs do not fit the config or each other, "model" when a parameter is missing
   */
  forward(config: C, parameters: Parameters, input: FrameDecoderInput): Tensor;
  /** As a picture decoder's. */
  mean(config: C, parameters: Parameters, side: Tensor): Tensor;
};
