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
import { parseConfig, type SpectralEncoderConfig } from "./config.js";
import { blockField, blockStates, encoderForward, encoderInfer } from "./forward.js";
import { blockOptions, featureCount, parameterSpecs } from "./parameters.js";

export type { SpectralEncoderConfig } from "./config.js";

/**
 * Samples -> short-time Fourier transform (Hann window) -> compressed magnitude with its phase ->
 * ConvNeXt blocks at the frame rate -> latent. The spectral backbone is that of Vocos (Siuzdak 2023,
 * arXiv 2306.00814) turned round; a network over samples costs ten times as much.
 *
 * Frame t sees samples (t+1)*hop - window .. (t+1)*hop; when causal, blocks look only back.
 */
export const spectralEncoder: Network<SpectralEncoderConfig> = {
  name: "spectral-encoder",
  version: 1,
  parse: parseConfig,
  parameters: parameterSpecs,
  forward: encoderForward,
  infer: encoderInfer,
  describe,
  blocks: {
    count: ({ blocks }) => blocks,
    first: (config, blocks) => ({ ...config, blocks }),
    states: blockStates,
  },
};

function describe(config: SpectralEncoderConfig): NetworkDescription {
  const { dim, blocks, window, hop, latentDim, sampleRate } = config;
  const analysis = { past: hopsPerWindow(config) - 1, future: 0 };
  const receptiveField = chainFields([analysis, ...new Array(blocks).fill(blockField(config))]);
  const embed = linear.multiplyAdds({ inputs: featureCount(config), outputs: dim });
  const head = linear.multiplyAdds({ inputs: dim, outputs: latentDim });
  return {
    receptiveField,
    // A frame is known once its last sample is; its first has waited a hop then.
    delaySamples: (1 + receptiveField.future) * hop,
    multiplyAddsPerFrame:
      dftMultiplyAdds(window) + embed + blocks * convNextBlock.multiplyAdds(blockOptions(config)) + head,
    parameterCount: countParameters(parameterSpecs(config)),
    sampleRate,
    hop,
    latentDim,
  };
}
