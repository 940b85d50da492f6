import {
  describeSnake,
  type Network,
  type Parameters,
  parseSnakeEncoder,
  type SnakeEncoderConfig,
  snakeHop,
  snakeLayers,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { reshape, type Tensor, transpose } from "@nacre/graph";
import { snakeEncoderLayers } from "./layers.js";

/**
 * Samples -> residual units with Snake and strided convolutions, doubling the channels -> latent: the encoder of
 * DAC (Kumar et al. 2023, arXiv 2306.06546, section 3) and, with channels taken by themselves and local attention,
 * of SNAC (Siuzdak et al. 2024, arXiv 2410.14411). Weights are those after weight norm is folded.
 *
 * Every layer sees zeros beyond the signal's ends, so windows lie inside the signal.
 */
export const snakeEncoder: Network<SnakeEncoderConfig> = {
  name: "snake-encoder",
  version: 1,
  parse: (json) => parseSnakeEncoder("snake-encoder", json, specs),
  parameters: specs,
  forward,
  describe: (config) => describeSnake(config, snakeEncoderLayers(config), snakeHop(config)),
};

function specs(config: SnakeEncoderConfig) {
  return snakeLayers.parameters(snakeEncoderLayers(config));
}

function forward(config: SnakeEncoderConfig, parameters: Parameters, samples: Tensor): Tensor {
  const [batch, length] = samples.shape;
  const whole = snakeHop(config) * (config.attention || 1);
  if (samples.shape.length !== 2 || !batch || !length || length % whole !== 0) {
    throw new NacreError("shape", {
      found: `samples have shape [${samples.shape.join(", ")}]`,
      expected: `[batch, n * ${whole}] with n at least 1`,
      mend: "pad the signal with zeros",
    });
  }
  const signal = reshape(samples, [batch, 1, length]);
  const latent = snakeLayers.forward(snakeEncoderLayers(config), parameters, signal);
  return transpose(latent, [0, 2, 1]);
}
