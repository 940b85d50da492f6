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
import { decoderLayers } from "./layers.js";

/**
 * Latent -> LSTM -> transposed convolutions and residual units, halving the channels -> samples: the decoder of
 * EnCodec (Défossez et al. 2022, arXiv 2210.13438, section 3.1). Weights are those after weight norm is folded.
 *
 * Its ends are mirrored and its LSTM starts empty, so windows lie inside the signal. It runs imported weights;
 * the LSTM cannot be trained here.
 */
export const seanetDecoder: Network<SeanetConfig> = {
  name: "seanet-decoder",
  version: 1,
  parse: (json) => parseSeanet("seanet-decoder", json, specs),
  parameters: specs,
  forward,
  describe: (config) => describeSeanet(config, decoderLayers(config), 0),
};

function specs(config: SeanetConfig) {
  return seanetLayers.parameters(decoderLayers(config));
}

function forward(config: SeanetConfig, parameters: Parameters, latent: Tensor): Tensor {
  const [batch, frames, width] = latent.shape;
  if (latent.shape.length !== 3 || !batch || !frames || width !== config.latentDim) {
    throw new NacreError("shape", {
      found: `the latent has shape [${latent.shape.join(", ")}]`,
      expected: `[batch, frames, ${config.latentDim}]`,
    });
  }
  const signal = transpose(latent, [0, 2, 1]);
  const samples = seanetLayers.forward(decoderLayers(config), parameters, signal, config.causal);
  return reshape(samples, [batch, frames * seanetHop(config)]);
}
