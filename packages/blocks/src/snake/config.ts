import { configReader, requireFewParameters } from "../config.js";
import type { ParameterSpec } from "../network.js";
import { headWidth } from "./local-attention.js";

/** What a config of either side says; all sizes are fixed by it but batch and number of frames. */
export type SnakeConfig = {
  /** Samples per second that the weights were trained on. */
  sampleRate: number;
  /** Factors of the strided layers from the signal to the latent; their product is the hop. */
  ratios: number[];
  /** Channels at the end where the layers begin: the encoder doubles them with every ratio, the decoder halves them. */
  width: number;
  /** Width of the latent. */
  latentDim: number;
  /** True: the wide layers at and above the signal's scale take each channel by itself. */
  depthwise: boolean;
  /** Frames that local attention sees together, next to the latent; 0 for none. */
  attention: number;
};

/** The encoder's config: `lastKernel` are the taps of its last layer, which Snake precedes if `lastActivated`. */
export type SnakeEncoderConfig = SnakeConfig & { lastKernel: number; lastActivated: boolean };

/** The decoder's config; `whole`: upsampling by an odd ratio gives the last place too, which DAC leaves out. */
export type SnakeDecoderConfig = SnakeConfig & { whole: boolean };

const FIELDS = ["sampleRate", "ratios", "width", "latentDim", "depthwise", "attention"];

/** throws NacreError "model" unless json is a config that an encoder can be built from */
export function parseSnakeEncoder(
  owner: string,
  json: unknown,
  specs: (config: SnakeEncoderConfig) => ParameterSpec[],
): SnakeEncoderConfig {
  const read = configReader(owner, json, [...FIELDS, "lastKernel", "lastActivated"]);
  const common = commonFields(read);
  const deepest = common.width * 2 ** common.ratios.length;
  const config = {
    ...common,
    lastKernel: read.integer("lastKernel", 1, 63),
    lastActivated: read.boolean("lastActivated"),
  };
  read.require(deepest <= 8192, `width grows to ${deepest}`, "at most 8192 channels");
  read.require(config.lastKernel % 2 === 1, `lastKernel is ${config.lastKernel}`, "an odd number of taps");
  checkHeads(read, config, deepest);
  read.require(
    !config.depthwise || config.latentDim === deepest,
    `latentDim is ${config.latentDim} where the layers give ${deepest} channels, each by itself`,
    "the same number",
  );
  requireFewParameters(read, specs(config));
  return config;
}

/** throws NacreError "model" unless json is a config that a decoder can be built from */
export function parseSnakeDecoder(
  owner: string,
  json: unknown,
  specs: (config: SnakeDecoderConfig) => ParameterSpec[],
): SnakeDecoderConfig {
  const read = configReader(owner, json, [...FIELDS, "whole"]);
  const common = commonFields(read);
  const config = { ...common, whole: read.boolean("whole") };
  const { width, ratios } = config;
  read.require(
    width % 2 ** ratios.length === 0,
    `width is ${width}`,
    `a number that ${ratios.length} ratios can halve`,
  );
  checkHeads(read, config, width);
  requireFewParameters(read, specs(config));
  return config;
}

/** Samples from one frame to the next. */
export function snakeHop({ ratios }: SnakeConfig): number {
  return ratios.reduce((product, ratio) => product * ratio, 1);
}

function commonFields(read: ReturnType<typeof configReader>): SnakeConfig {
  const config = {
    sampleRate: read.integer("sampleRate", 1000, 384_000),
    ratios: read.integers("ratios", { low: 1, high: 64, most: 8 }),
    width: read.integer("width", 1, 8192),
    latentDim: read.integer("latentDim", 1, 8192),
    depthwise: read.boolean("depthwise"),
    attention: read.integer("attention", 0, 1024),
  };
  const hop = snakeHop(config);
  read.require(hop <= 8192, `the ratios make a hop of ${hop}`, "at most 8192 samples");
  return config;
}

function checkHeads(
  read: ReturnType<typeof configReader>,
  { attention }: SnakeConfig,
  channels: number,
): void {
  const whole = attention === 0 || channels % headWidth === 0;
  read.require(whole, `attention is over ${channels} channels`, `whole heads of ${headWidth}`);
}
