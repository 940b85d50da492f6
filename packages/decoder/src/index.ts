/** Networks from latent to signal. */
export { decoderByName, decoders, pictureDecoderByName, pictureDecoders } from "./decoders.js";
export { type PictureDecoderConfig, pictureDecoder } from "./picture/index.js";
export { type SpectralDecoderConfig, spectralDecoder } from "./spectral/index.js";
