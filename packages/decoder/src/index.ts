/** Networks from latent to signal. */
export {
  decoderByName,
  decoders,
  frameDecoderByName,
  frameDecoders,
  pictureDecoderByName,
  pictureDecoders,
} from "./decoders.js";
export { type FrameDecoderConfig, frameDecoder } from "./frame/index.js";
export { type PictureDecoderConfig, pictureDecoder } from "./picture/index.js";
export { seanetDecoder } from "./seanet/index.js";
export { decoderLayers as seanetDecoderLayers } from "./seanet/layers.js";
export { snakeDecoder } from "./snake/index.js";
export { snakeDecoderLayers } from "./snake/layers.js";
export { type SpectralDecoderConfig, spectralDecoder } from "./spectral/index.js";
