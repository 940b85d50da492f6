/** Network parts that encoder and decoder share, and the contract of a network. */
export { architectureByName } from "./architectures.js";
export { type ConfigReader, configReader, requireFewParameters } from "./config.js";
export { type ConvNextOptions, convNextBlock, type RowLayout } from "./conv-next.js";
export { convNextBlock2d, type Grid } from "./conv-next-2d.js";
export { cosinePatches, diagonalMatrix, rowOffset } from "./cosine-patch.js";
export {
  binCount,
  dft,
  dftMatrices,
  dftMultiplyAdds,
  hannWindow,
  inverseDft,
  inverseDftMatrices,
  type Spectrum,
} from "./dft.js";
export type { FrameDecoder, FrameDecoderInput, FrameEncoder } from "./frame-network.js";
export {
  type Framing,
  hopsPerWindow,
  overlapAdd,
  wholeFrames,
  wholeOverlapAdd,
  windowedFrames,
} from "./frames.js";
export { initialValues } from "./initial.js";
export { type LinearOptions, linear } from "./linear.js";
export type {
  Architecture,
  BlockChain,
  Initial,
  Network,
  NetworkDescription,
  ParameterSpec,
  Parameters,
  ReceptiveField,
} from "./network.js";
export { countParameters, parameter, sizeOf } from "./parameters.js";
export type {
  PictureDecoder,
  PictureDecoderInput,
  PictureDescription,
  PictureEncoder,
  PictureLatent,
} from "./picture-network.js";
export { halfSize, patchify, pixelShuffle, pixelUnshuffle, unpatchify } from "./pixels.js";
export { chainFields, kernelField, symmetricField } from "./receptive-field.js";
export { rowNorm } from "./row-norm.js";
export { parseSeanet, type SeanetConfig, seanetHop } from "./seanet/config.js";
export { describeSeanet, seanetUnits, seanetWidths } from "./seanet/describe.js";
export { type SeanetLayer, seanetLayers } from "./seanet/layers.js";
export {
  parseSnakeDecoder,
  parseSnakeEncoder,
  type SnakeDecoderConfig,
  type SnakeEncoderConfig,
  snakeHop,
} from "./snake/config.js";
export { describeSnake, type SnakeLayer, snakeLayers, snakeUnits } from "./snake/layers.js";
export { headWidth, turn } from "./snake/local-attention.js";
export { type TwoStageInverse, twoStageInverse, twoStageMultiplyAdds } from "./two-stage-inverse.js";
