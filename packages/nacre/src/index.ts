/** The one import for applications. */
export {
  layerBytes,
  pictureTiles,
  readStream,
  type StreamHeader,
  soundHeader,
  trimLayers,
  verifyStream,
} from "@nacre/bitstream";
export type { LayerCodes } from "@nacre/codec";
export { type ErrorCode, isNacreError, NacreError } from "@nacre/errors";
export { type LayerReport, layerTable, type PictureReport, type SoundReport } from "@nacre/inspect";
export { collect, openAudio, readAudio, wavBytes, wavStream, writeAudio } from "@nacre/media";
export type { Audio, AudioSource, AudioStream } from "@nacre/signal";
export { defaultModel, listModels, type ModelInfo, modelFolder } from "./models.js";
export {
  type DecodeOptions,
  type EncodeOptions,
  type LayersOptions,
  type Nacre,
  open,
  openFor,
} from "./open.js";
export { pictureSubjectOf } from "./picture-subject.js";
