/** The one import for applications. */
export {
  layerBytes,
  readStream,
  type StreamHeader,
  soundHeader,
  trimLayers,
  verifyStream,
} from "@nacre/bitstream";
export { foreignFamilies, type LayerCodes } from "@nacre/codec";
export { type ErrorCode, isNacreError, NacreError } from "@nacre/errors";
export { type LayerReport, layerTable } from "@nacre/inspect";
export { collect, openAudio, readAudio, wavBytes, wavStream, writeAudio } from "@nacre/media";
export type { Audio, AudioSource, AudioStream } from "@nacre/signal";
export { type ImportRequest, importModel } from "./import-model.js";
export { defaultModel, listModels, type ModelInfo, modelFolder } from "./models.js";
export {
  type DecodeOptions,
  type EncodeOptions,
  type LayersOptions,
  type Nacre,
  open,
  openFor,
} from "./open.js";
