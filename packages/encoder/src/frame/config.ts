import { configReader, requireFewParameters } from "@nacre/blocks";
import { parameterSpecs } from "./parameters.js";

/** Config of the frame encoder; all sizes are fixed by it but batch, height and width. */
export type FrameEncoderConfig = {
  /** Channels of the rows that begin as the transform of what the prediction lacks. */
  dim: number;
  /** Channels beside them that begin as the transform of the prediction. */
  toldDim: number;
  /** Number of blocks. */
  blocks: number;
  /** Positions along a side of a depthwise kernel, odd. */
  kernel: number;
  /** Hidden width of a block over dim + toldDim. */
  expansion: number;
  /** Channels of the latent. */
  latentDim: number;
  /** Hidden width of the side encoder. */
  sideDim: number;
  /** Channels of the side values. */
  sideChannels: number;
};

const FIELDS = ["dim", "toldDim", "blocks", "kernel", "expansion", "latentDim", "sideDim", "sideChannels"];

/** throws NacreError "model" unless json is a config that this encoder can be built from */
export function parseConfig(json: unknown): FrameEncoderConfig {
  const read = configReader("frame-encoder", json, FIELDS);
  const config: FrameEncoderConfig = {
    dim: read.integer("dim", 1, 768),
    toldDim: read.integer("toldDim", 1, 192),
    blocks: read.integer("blocks", 1, 64),
    kernel: read.integer("kernel", 1, 31),
    expansion: read.integer("expansion", 1, 8),
    latentDim: read.integer("latentDim", 1, 768),
    sideDim: read.integer("sideDim", 1, 4096),
    sideChannels: read.integer("sideChannels", 1, 1024),
  };
  read.require(config.kernel % 2 === 1, `kernel is ${config.kernel}`, "an odd number");
  requireFewParameters(read, parameterSpecs(config));
  return config;
}
