export { gradient, gradients } from "./gradients.js";
export type { Attribute, ConstantData, Initializer, OnnxNode } from "./onnx/emitter.js";
export {
  inputName,
  type ModelNodes,
  type ModelParts,
  modelNodes,
  onnxModel,
  opset,
} from "./onnx/model.js";
export { type OpenParts, openSizesModel } from "./onnx/open-sizes.js";
export type { Sizes } from "./onnx/size-polynomial.js";
export {
  and,
  cast,
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  not,
  or,
  where,
} from "./ops/compare.js";
export { type ConvOptions, conv, convTranspose } from "./ops/convolution.js";
export {
  abs,
  add,
  ceil,
  clip,
  cos,
  div,
  elu,
  erf,
  exp,
  floor,
  gelu,
  log,
  max,
  min,
  mod,
  mul,
  neg,
  pow,
  reciprocal,
  relu,
  round,
  sigmoid,
  sign,
  silu,
  sin,
  snake,
  sqrt,
  square,
  sub,
  tanh,
} from "./ops/elementwise.js";
export { customGradient, stopGradient } from "./ops/gradient-ops.js";
export { gather, gatherElements, oneHot, scatterAddElements, scatterAddRows } from "./ops/index-ops.js";
export { gemm, matmul } from "./ops/linear.js";
export { layerNorm, logSumExp, softmax } from "./ops/normalize.js";
export { lstm } from "./ops/recurrent.js";
export { argMax, argMin, cumSum, mean, reduceMax, reduceMin, sum } from "./ops/reduce.js";
export {
  concat,
  expand,
  reshape,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from "./ops/shape.js";
export { pad, slice } from "./ops/slice-pad.js";
export { constant, fill, input, scalar, tensorOf, zeros } from "./ops/source.js";
export {
  type DType,
  type Node,
  type Op,
  type Shape,
  sizeOf,
  type Tensor,
  type TensorType,
} from "./tensor.js";
export { nodesInOrder } from "./walk.js";
