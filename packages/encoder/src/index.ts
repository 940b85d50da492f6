/** Networks from signal to latent. */
export { encoderByName, encoders } from "./encoders.js";
export { type SpectralEncoderConfig, spectralEncoder } from "./spectral/index.js";
