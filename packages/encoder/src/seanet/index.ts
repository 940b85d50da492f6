import {
  describeSeanet,
  type Network,
  type Parameters,
  parseSeanet,
  type SeanetConfig,
  seanetHop,
  seanetLayers,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { reshape, type Tensor, transpose } from "@nacre/graph";
import { encoderLayers } from "./layers.js";

/**
 * Samples -> residual units and strided convolutions, doubling the channels -> LSTM -> latent: the encoder of
 * EnCodec (Défossez et al. 2022, arXiv 2210.13438, section 3.1), SEANet (Tagliasacchi et al. 2020, arXiv
 * 2009.02095). Weights are those after weight norm is folded.
 *
 * Its ends are mirrored and its LSTM starts empty, so windows lie inside the signal. It runs imported weights;
 * the LSTM cannot be trained here.
 */
export const seanetEncoder: Network<SeanetConfig> = {
  name: "seanet-encoder",
  version: 1,
  parse: (json) => parseSeanet("seanet-encoder", json, specs),
  parameters: specs,
  forward,
  describe: (config) => describeSeanet(config, encoderLayers(config), seanetHop(config)),
};

function specs(config: SeanetConfig) {
  return seanetLayers.parameters(encoderLayers(config));
}

function forward(config: SeanetConfig, parameters: Parameters, samples: Tensor): Tensor {
  const [batch, length] = samples.shape;
  const hop = seanetHop(config);
  if (samples.shape.length !== 2 || !batch || !length || length % hop !== 0) {
    throw new NacreError("shape", {
      found: `samples have shape [${samples.shape.join(", ")}]`,
      expected: `[batch, frames * ${hop}] with at least one frame`,
      mend: "pad the signal to whole hops",
    });
  }
  const signal = reshape(samples, [batch, 1, length]);
  const latent = seanetLayers.forward(encoderLayers(config), parameters, signal, config.causal);
  return transpose(latent, [0, 2, 1]);
}
