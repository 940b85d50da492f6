import {
  describeSnake,
  type Network,
  type Parameters,
  parseSnakeDecoder,
  type SnakeDecoderConfig,
  snakeHop,
  snakeLayers,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { pad, reshape, type Tensor, tanh, transpose } from "@nacre/graph";
import { snakeDecoderLayers } from "./layers.js";

/**
 * Latent -> transposed convolutions and residual units with Snake, halving the channels -> samples within -1 .. 1:
 * the decoder of DAC (Kumar et al. 2023, arXiv 2306.06546, section 3) and, with channels taken by themselves and
 * local attention, of SNAC (Siuzdak et al. 2024, arXiv 2410.14411), whose noise blocks are at their mean, which
 * is zero. Weights are those after weight norm is folded.
 *
 * Every layer sees zeros beyond the signal's ends, so windows lie inside the signal. Where odd ratios leave places
 * out at the end, the last samples are silence.
 */
export const snakeDecoder: Network<SnakeDecoderConfig> = {
  name: "snake-decoder",
  version: 1,
  parse: (json) => parseSnakeDecoder("snake-decoder", json, specs),
  parameters: specs,
  forward,
  describe: (config) => describeSnake(config, snakeDecoderLayers(config), 0),
};

function specs(config: SnakeDecoderConfig) {
  return snakeLayers.parameters(snakeDecoderLayers(config));
}

function forward(config: SnakeDecoderConfig, parameters: Parameters, latent: Tensor): Tensor {
  const [batch, frames, width] = latent.shape;
  const together = config.attention || 1;
  const fits = latent.shape.length === 3 && batch && frames && frames % together === 0;
  if (!fits || width !== config.latentDim) {
    throw new NacreError("shape", {
      found: `the latent has shape [${latent.shape.join(", ")}]`,
      expected: `[batch, n * ${together}, ${config.latentDim}] with n at least 1`,
    });
  }
  const signal = transpose(latent, [0, 2, 1]);
  const samples = snakeLayers.forward(snakeDecoderLayers(config), parameters, signal);
  const given = samples.shape[2]!;
  return pad(tanh(reshape(samples, [batch, given])), [
    [0, 0],
    [0, frames * snakeHop(config) - given],
  ]);
}
