export { type AnyModel, loadAnyModel } from "./any-model.js";
export { type BuiltModel, buildModel, modelText, type TrainedModel } from "./build-model.js";
export { type LayerCodebook, layerCodebook } from "./codebook.js";
export {
  type Codec,
  createCodec,
  type DecodedStream,
  type DecodeOptions,
  type EncodeOptions,
} from "./codec.js";
export { type ExportedFiles, exportOnnx, exportSafetensors } from "./export/export-model.js";
export { fileCodes } from "./file-codes.js";
export { decodesPrefixes } from "./file-header.js";
export type { ForeignFiles } from "./import/foreign-family.js";
export { type ForeignModel, foreignFamilies, openForeignModel } from "./import/import-model.js";
export type { LayerCodes } from "./layer-codes.js";
export { layerCodeBits } from "./layer-symbols.js";
export {
  loadModel,
  type Model,
  type ModelConfig,
  type ModelFiles,
  modelSchema,
  type NetworkModel,
} from "./model.js";
export { decoderBlocks, encoderBlocks, type ModelVariant, modelVariant } from "./model-variant.js";
export { writeNpy } from "./npy.js";
export { type BuiltPair, buildPairModel, type PairRequest } from "./onnx-pair/build-pair.js";
export { largestGraph, type PairConfig, type PairFiles, pairParts } from "./onnx-pair/pair-config.js";
export type { PairModel } from "./onnx-pair/pair-model.js";
export { type CodeOrder, codeOrders, type PairOptions } from "./onnx-pair/probe.js";
export {
  type BuiltPictureModel,
  buildPictureModel,
  type TrainedPictureModel,
} from "./picture/build-picture-model.js";
export type { TileCoder } from "./picture/guard.js";
export {
  createPictureCodec,
  type DecodedPicture,
  type DecodePictureOptions,
  type EncodePictureOptions,
  type PictureCodec,
} from "./picture/picture-codec.js";
export { type PlaceBits, pictureFileAlpha, pictureFileBits } from "./picture/picture-file-layers.js";
export { defaultMaxPixels } from "./picture/picture-header.js";
export { pictureFileCodes } from "./picture/picture-layers.js";
export {
  loadPictureModel,
  type PictureModel,
  type PictureModelConfig,
  pictureModelSchema,
} from "./picture/picture-model.js";
export type { ReadablePicture } from "./picture/readable-picture.js";
export type { OpenQuantizer } from "./quantizers/quantizer-kind.js";
export { openQuantizer, type QuantizerConfig, quantizerTensors } from "./quantizers/quantizers.js";
export {
  readSafetensors,
  type StoredTensor,
  type StoredType,
  type WeightBits,
  writeSafetensors,
} from "./safetensors.js";
export {
  type BuiltFilmModel,
  buildFilmModel,
  type CountedFrame,
  type TrainedFilmModel,
} from "./video/build-film-model.js";
export {
  type FilmModel,
  type FilmModelConfig,
  filmModelSchema,
  loadFilmModel,
} from "./video/film-model.js";
export { contentLayers, type FrameChoice, type FrameCodec } from "./video/frame-codec.js";
export { decodeMotion, encodeMotion } from "./video/motion/code-motion.js";
export { quarterTaps } from "./video/motion/interpolate.js";
export { blockSize, type FramePlanes, type MotionField, stillField } from "./video/motion/motion-field.js";
export { type MotionSearchOptions, searchMotion } from "./video/motion/search.js";
export { warpFrame } from "./video/motion/warp.js";
export { motionCodes } from "./video/motion-codes.js";
export { pictureFrames } from "./video/picture-frames.js";
export {
  type FrameMemory,
  keyMemory,
  openPredictedFrames,
  type PredictedFrameOptions,
  type PredictedFrames,
} from "./video/predicted-frames.js";
export { soundtrackHeader, soundtrackOf } from "./video/soundtrack.js";
export {
  type ColouredFacts,
  createVideoCodec,
  type DecodedFrame,
  type DecodedVideo,
  type DecodeVideoOptions,
  type EncodeVideoOptions,
  type PictureVideo,
  type SoundFile,
  type VideoCodec,
  type VideoPicture,
} from "./video/video-codec.js";
export { videoFileCodes } from "./video/video-file-codes.js";
export { defaultMaxFramePixels, secondsOf, videoFactsOf, videoHeader } from "./video/video-header.js";
export { frameCount } from "./whole-sound.js";
