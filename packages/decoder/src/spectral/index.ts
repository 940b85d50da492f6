import {
  chainFields,
  convNextBlock,
  countParameters,
  dftMultiplyAdds,
  hopsPerWindow,
  linear,
  type Network,
  type NetworkDescription,
} from "@nacre/blocks";
import { parseConfig, type SpectralDecoderConfig } from "./config.js";
import { blockField, blockStates, decoderForward, decoderInfer } from "./forward.js";
import { blockOptions, headWidths, parameterSpecs } from "./parameters.js";

export type { SpectralDecoderConfig } from "./config.js";

/**
 * Latent -> ConvNeXt blocks at the frame rate -> log magnitude and phase of each bin -> inverse
 * short-time Fourier transform. Head and backbone as in Vocos (Siuzdak 2023, arXiv 2306.00814).
 *
 * Window t covers samples (t+1)*hop - window .. (t+1)*hop, the same span as the encoder's: so the
 * samples of hop t need the windows t .. t + window/hop - 1. The last window - hop samples of a
 * signal fade, unless context frames follow it.
 */
export const spectralDecoder: Network<SpectralDecoderConfig> = {
  name: "spectral-decoder",
  version: 1,
  parse: parseConfig,
  parameters: parameterSpecs,
  forward: decoderForward,
  infer: decoderInfer,
  describe,
  blocks: {
    count: ({ blocks }) => blocks,
    first: (config, blocks) => ({ ...config, blocks }),
    states: blockStates,
  },
};

function describe(config: SpectralDecoderConfig): NetworkDescription {
  const { dim, blocks, window, hop, latentDim, sampleRate } = config;
  const synthesis = { past: 0, future: hopsPerWindow(config) - 1 };
  const fields = Array.from({ length: blocks }, (_, i) => blockField(config, i));
  const receptiveField = chainFields([...fields, synthesis]);
  const embed = linear.multiplyAdds({ inputs: latentDim, outputs: dim });
  const head = linear.multiplyAdds(headWidths(config));
  return {
    receptiveField,
    // The frame of a sample's own hop is in the encoder's share.
    delaySamples: receptiveField.future * hop,
    multiplyAddsPerFrame:
      embed + blocks * convNextBlock.multiplyAdds(blockOptions(config)) + head + dftMultiplyAdds(window),
    parameterCount: countParameters(parameterSpecs(config)),
    sampleRate,
    hop,
    latentDim,
  };
}
