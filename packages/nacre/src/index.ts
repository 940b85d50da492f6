/** The one import for applications. */
export {
  layerBytes,
  type PictureHeader,
  pictureTiles,
  readStream,
  readVideoIndex,
  type StreamHeader,
  soundHeader,
  trimLayers,
  type VideoHeader,
  verifyStream,
} from "@nacre/bitstream";
export {
  type CodeOrder,
  codeOrders,
  type DecodedPicture,
  type DecodedVideo,
  foreignFamilies,
  type LayerCodes,
  type ReadablePicture,
} from "@nacre/codec";
export { type ErrorCode, isNacreError, NacreError } from "@nacre/errors";
export {
  type BitMap,
  inspectionTable,
  type LayerReport,
  layerReportJsonSchema,
  layerTable,
  measures,
  measuresOf,
  type PictureReport,
  type SoundReport,
} from "@nacre/inspect";
export { collect, openAudio, readAudio, wavBytes, wavStream, writeAudio } from "@nacre/media";
export { openPicture, pictureBytes, readPicture, writePicture } from "@nacre/media/pictures";
export { openVideo } from "@nacre/media/video";
export type {
  Audio,
  AudioSource,
  AudioStream,
  Picture,
  PictureStream,
  VideoFrame,
  VideoStream,
} from "@nacre/signal";
export { type ExportedModel, type ExportRequest, exportModel } from "./export-model.js";
export { type ImportRequest, importModel } from "./import-model.js";
export { importPair, type PairImport } from "./import-pair.js";
export {
  defaultModel,
  defaultPictureModel,
  listModels,
  type ModelInfo,
  type ModelMedium,
  modelFolder,
  type PictureModelInfo,
} from "./models.js";
export {
  type DecodeOptions,
  type EncodeOptions,
  type LayersOptions,
  type Nacre,
  open,
} from "./open.js";
export { openFor } from "./open-any.js";
export { type DecodePictureOptions, openPictures, type PictureNacre } from "./open-pictures.js";
export {
  type DecodeVideoOptions,
  type EncodeVideoOptions,
  framesOf,
  openVideos,
  picturesOf,
  type VideoNacre,
} from "./open-videos.js";
export type { PictureLayersOptions } from "./picture-layers.js";
export type { EncodePictureOptions } from "./picture-options.js";
export { pictureSubjectOf } from "./picture-subject.js";
export { openVideoSound, type VideoSoundOptions } from "./video-sound.js";
