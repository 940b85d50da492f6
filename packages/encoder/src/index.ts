/** Networks from signal to latent. */
export {
  encoderByName,
  encoders,
  frameEncoderByName,
  frameEncoders,
  pictureEncoderByName,
  pictureEncoders,
} from "./encoders.js";
export { type FrameEncoderConfig, frameEncoder } from "./frame/index.js";
export { type PictureEncoderConfig, pictureEncoder } from "./picture/index.js";
export { seanetEncoder } from "./seanet/index.js";
export { encoderLayers as seanetEncoderLayers } from "./seanet/layers.js";
export { snakeEncoder } from "./snake/index.js";
export { snakeEncoderLayers } from "./snake/layers.js";
export { type SpectralEncoderConfig, spectralEncoder } from "./spectral/index.js";
