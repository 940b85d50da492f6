/** Network parts that encoder and decoder share, and the contract of a network. */
export { type ConfigReader, configReader } from "./config.js";
export { type ConvNextOptions, convNextBlock, type RowLayout } from "./conv-next.js";
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
  Initial,
  Network,
  NetworkDescription,
  ParameterSpec,
  Parameters,
  ReceptiveField,
} from "./network.js";
export { countParameters, parameter, sizeOf } from "./parameters.js";
export { chainFields, kernelField, symmetricField } from "./receptive-field.js";
export { rowNorm } from "./row-norm.js";
export { type TwoStageInverse, twoStageInverse, twoStageMultiplyAdds } from "./two-stage-inverse.js";
