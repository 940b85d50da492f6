import { configReader, requireFewParameters } from "@nacre/blocks";
import { parameterSpecs } from "./parameters.js";

/** Config of the frame decoder; all sizes are fixed by it but batch, height and width. */
export type FrameDecoderConfig = {
  /** Channels of the latent. */
  latentDim: number;
  /** Channels of the side values. */
  sideChannels: number;
  /** Content layers that a latent may be the sum of: one gain and bias for each depth from 0 to this. */
  layers: number;
  /** Channels of the rows at 1/16 that begin as the latent. */
  dim: number;
  /** Channels beside them that begin as the transform of the prediction. */
  toldDim: number;
  /** Number of blocks at 1/16. */
  blocks: number;
  /** Positions along a side of their depthwise kernels, odd. */
  kernel: number;
  /** Their hidden width over dim + toldDim. */
  expansion: number;
  /** Channels of the rows at 1/4 that come from those at 1/16. */
  fineDim: number;
  /** Channels beside them that come from the prediction. */
  fineToldDim: number;
  /** Number of blocks at 1/4. */
  fineBlocks: number;
  /** Quarter positions along a side of their depthwise kernels, odd. */
  fineKernel: number;
  /** Their hidden width over fineDim + fineToldDim. */
  fineExpansion: number;
};

const FIELDS = [
  ...["latentDim", "sideChannels", "layers", "dim", "toldDim", "blocks", "kernel", "expansion"],
  ...["fineDim", "fineToldDim", "fineBlocks", "fineKernel", "fineExpansion"],
];

/** throws NacreError "model" unless json is a config that this decoder can be built from */
export function parseConfig(json: unknown): FrameDecoderConfig {
  const read = configReader("frame-decoder", json, FIELDS);
  const config: FrameDecoderConfig = {
    latentDim: read.integer("latentDim", 1, 768),
    sideChannels: read.integer("sideChannels", 1, 1024),
    layers: read.integer("layers", 1, 64),
    dim: read.integer("dim", 1, 768),
    toldDim: read.integer("toldDim", 1, 192),
    blocks: read.integer("blocks", 1, 64),
    kernel: read.integer("kernel", 1, 31),
    expansion: read.integer("expansion", 1, 8),
    fineDim: read.integer("fineDim", 1, 48),
    fineToldDim: read.integer("fineToldDim", 1, 48),
    fineBlocks: read.integer("fineBlocks", 1, 64),
    fineKernel: read.integer("fineKernel", 1, 31),
    fineExpansion: read.integer("fineExpansion", 1, 8),
  };
  const { kernel, fineKernel } = config;
  read.require(kernel % 2 === 1, `kernel is ${kernel}`, "an odd number");
  read.require(fineKernel % 2 === 1, `fineKernel is ${fineKernel}`, "an odd number");
  requireFewParameters(read, parameterSpecs(config));
  return config;
}
