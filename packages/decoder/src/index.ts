/** Networks from latent to signal. */
export { decoderByName, decoders } from "./decoders.js";
export { type SpectralDecoderConfig, spectralDecoder } from "./spectral/index.js";
