import { configReader, hopsPerWindow, requireFewParameters } from "@nacre/blocks";
import { parameterSpecs } from "./parameters.js";

/** Config of the spectral decoder; all sizes are fixed by it but batch and number of frames. */
export type SpectralDecoderConfig = {
  /** Samples per second that the weights were trained on. */
  sampleRate: number;
  /** Samples in a synthesis window, even, at least three whole hops. */
  window: number;
  /** Samples from one frame to the next. */
  hop: number;
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
  /** Frames that the first block sees ahead, below kernel; 0 unless causal. */
  lookahead: number;
  /** True: no block but the first sees ahead. False: kernels are symmetric. */
  causal: boolean;
};

const FIELDS = [
  "sampleRate",
  "window",
  "hop",
  "dim",
  "blocks",
  "kernel",
  "expansion",
  "latentDim",
  "lookahead",
  "causal",
];

/** throws NacreError "model" unless json is a config that this decoder can be built from */
export function parseConfig(json: unknown): SpectralDecoderConfig {
  const read = configReader("spectral-decoder", json, FIELDS);
  const config: SpectralDecoderConfig = {
    sampleRate: read.integer("sampleRate", 1000, 384_000),
    window: read.integer("window", 4, 4096),
    hop: read.integer("hop", 1, 4096),
    dim: read.integer("dim", 1, 4096),
    blocks: read.integer("blocks", 1, 64),
    kernel: read.integer("kernel", 1, 63),
    expansion: read.integer("expansion", 1, 8),
    latentDim: read.integer("latentDim", 1, 4096),
    lookahead: read.integer("lookahead", 0, 62),
    causal: read.boolean("causal"),
  };
  const { window, hop, kernel, lookahead, causal } = config;
  read.require(window % 2 === 0, `window is ${window}`, "an even number");
  read.require(window % hop === 0, `window is ${window} and hop ${hop}`, "a window of whole hops");
  const hops = hopsPerWindow(config);
  read.require(hops >= 3 && hops <= 16, `a window spans ${hops} hops`, "3 to 16, so that windows add up");
  read.require(causal || kernel % 2 === 1, `kernel is ${kernel}`, "an odd one when causal is false");
  read.require(lookahead < kernel, `lookahead is ${lookahead}`, `less than the kernel of ${kernel}`);
  read.require(causal || lookahead === 0, `lookahead is ${lookahead}`, "0 when causal is false");
  requireFewParameters(read, parameterSpecs(config));
  return config;
}
