import { configReader, requireFewParameters } from "../config.js";
import type { ParameterSpec } from "../network.js";

/** Config of a SEANet, the same for both sides; all sizes are fixed by it but batch and number of frames. */
export type SeanetConfig = {
  /** Samples per second that the weights were trained on. */
  sampleRate: number;
  /** Factors of the strided layers from the signal to the latent; their product is the hop. */
  ratios: number[];
  /** Channels next to the signal; every ratio doubles them. */
  filters: number;
  /** Taps of the first layer of either side. */
  kernel: number;
  /** Taps of the last layer of either side. */
  lastKernel: number;
  /** Taps of the wider layer of a residual unit. */
  residualKernel: number;
  /** Residual units per ratio. */
  residualLayers: number;
  /** Unit j of a ratio has a dilation of this to the power j. */
  dilationGrowth: number;
  /** Channels of a residual unit over those within it. */
  compress: number;
  /** True: a layer of one tap beside each residual unit; false: the input itself. */
  shortcut: boolean;
  /** Layers of the LSTM at the frame rate; 0 for none. */
  lstmLayers: number;
  /**
   * Frames in front of a window that stand for the LSTM's unbounded past when a signal is longer than a
   * window; 0 without an LSTM.
   */
  memory: number;
  /** Width of the latent. */
  latentDim: number;
  /** True: no layer sees ahead. False: layers see as far ahead as back. */
  causal: boolean;
};

const FIELDS = [
  "sampleRate",
  "ratios",
  "filters",
  "kernel",
  "lastKernel",
  "residualKernel",
  "residualLayers",
  "dilationGrowth",
  "compress",
  "shortcut",
  "lstmLayers",
  "memory",
  "latentDim",
  "causal",
];

/**
 * Checks the config of one side.
 *
 * owner   name of the architecture
 * specs   the parameters of that side, to bound their number
 * throws  NacreError "model" unless json is a config that this side can be built from
 */
export function parseSeanet(
  owner: string,
  json: unknown,
  specs: (config: SeanetConfig) => ParameterSpec[],
): SeanetConfig {
  const read = configReader(owner, json, FIELDS);
  const config: SeanetConfig = {
    sampleRate: read.integer("sampleRate", 1000, 384_000),
    ratios: read.integers("ratios", { low: 1, high: 64, most: 8 }),
    filters: read.integer("filters", 1, 1024),
    kernel: read.integer("kernel", 1, 63),
    lastKernel: read.integer("lastKernel", 1, 63),
    residualKernel: read.integer("residualKernel", 1, 63),
    residualLayers: read.integer("residualLayers", 0, 8),
    dilationGrowth: read.integer("dilationGrowth", 1, 8),
    compress: read.integer("compress", 1, 64),
    shortcut: read.boolean("shortcut"),
    lstmLayers: read.integer("lstmLayers", 0, 8),
    memory: read.integer("memory", 0, 4096),
    latentDim: read.integer("latentDim", 1, 4096),
    causal: read.boolean("causal"),
  };
  const { filters, compress, lstmLayers, memory } = config;
  const hop = seanetHop(config);
  read.require(hop <= 8192, `the ratios make a hop of ${hop}`, "at most 8192 samples");
  read.require(
    filters % compress === 0,
    `filters is ${filters} and compress ${compress}`,
    "whole channels in a residual unit",
  );
  const sensible = lstmLayers > 0 === memory > 0;
  read.require(
    sensible,
    `memory is ${memory} beside ${lstmLayers} LSTM layers`,
    "some with an LSTM and 0 without",
  );
  requireFewParameters(read, specs(config));
  return config;
}

/** Samples from one frame to the next. */
export function seanetHop({ ratios }: SeanetConfig): number {
  return ratios.reduce((product, ratio) => product * ratio, 1);
}
