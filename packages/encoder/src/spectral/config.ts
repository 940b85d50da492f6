import { configReader, hopsPerWindow, requireFewParameters } from "@nacre/blocks";
import { parameterSpecs } from "./parameters.js";

/** Config of the spectral encoder; all sizes are fixed by it but batch and number of frames. */
export type SpectralEncoderConfig = {
  /** Samples per second that the weights were trained on. */
  sampleRate: number;
  /** Samples in an analysis window, even, a whole number of hops. */
  window: number;
  /** Samples from one frame to the next. */
  hop: number;
  /** Exponent that magnitudes are raised to, above 0 to 1: small ones make quiet sounds count. */
  compression: number;
  /** Width of the blocks. */
  dim: number;
  /** Number of blocks. */
  blocks: number;
  /** Frames under a depthwise kernel; odd unless causal. */
  kernel: number;
  /** Hidden width of a block over dim. */
  expansion: number;
  /** Width of the latent. */
  latentDim: number;
  /** True: no block sees ahead. False: kernels are symmetric. */
  causal: boolean;
};

const FIELDS = [
  "sampleRate",
  "window",
  "hop",
  "compression",
  "dim",
  "blocks",
  "kernel",
  "expansion",
  "latentDim",
  "causal",
];

/** throws NacreError "model" unless json is a config that this encoder can be built from */
export function parseConfig(json: unknown): SpectralEncoderConfig {
  const read = configReader("spectral-encoder", json, FIELDS);
  const config: SpectralEncoderConfig = {
    sampleRate: read.integer("sampleRate", 1000, 384_000),
    window: read.integer("window", 4, 4096),
    hop: read.integer("hop", 1, 4096),
    compression: read.number("compression", 0.01, 1),
    dim: read.integer("dim", 1, 4096),
    blocks: read.integer("blocks", 1, 64),
    kernel: read.integer("kernel", 1, 63),
    expansion: read.integer("expansion", 1, 8),
    latentDim: read.integer("latentDim", 1, 4096),
    causal: read.boolean("causal"),
  };
  const { window, hop, kernel, causal } = config;
  read.require(window % 2 === 0, `window is ${window}`, "an even number");
  read.require(window % hop === 0, `window is ${window} and hop ${hop}`, "a window of whole hops");
  const hops = hopsPerWindow(config);
  read.require(hops <= 16, `a window spans ${hops} hops`, "at most 16");
  read.require(causal || kernel % 2 === 1, `kernel is ${kernel}`, "an odd one when causal is false");
  requireFewParameters(read, parameterSpecs(config));
  return config;
}
