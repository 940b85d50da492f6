/**
 * Quantizers: latents to layers of codes and back. Start reading at `quantizer.ts`, then
 * `residual-vector/`.
 */
export {
  createFactorisedFiniteScalarQuantizer,
  type FactorisedFiniteScalarQuantizerOptions,
} from "./factorised-finite-scalar/array.js";
export {
  type FactorisedGrid,
  type FactorisedMaps,
  type FactorisedTraining,
  factorisedDequantize,
  factorisedInference,
  factorisedTraining,
} from "./factorised-finite-scalar/graph.js";
export { createFiniteScalarQuantizer, type FiniteScalarQuantizerOptions } from "./finite-scalar/array.js";
export { type FiniteScalarStep, finiteScalarGraph } from "./finite-scalar/graph.js";
export { boundedLatent, type GridVariant, gridVariants } from "./finite-scalar/grid.js";
export type { LayerChoice } from "./layer-choice.js";
export type { Quantized, Quantizer, QuantizerDescription } from "./quantizer.js";
export { createQuantizer, type QuantizerSpec, quantizers } from "./quantizers.js";
export {
  createResidualFactorisedVectorQuantizer,
  type ResidualFactorisedVectorQuantizerOptions,
} from "./residual-factorised-vector/array.js";
export {
  type FactorisedVectorTensors,
  factorisedVectorDequantize,
  factorisedVectorInference,
} from "./residual-factorised-vector/graph.js";
export {
  createResidualFiniteScalarQuantizer,
  pointsDiffer,
  type ResidualFiniteScalarQuantizerOptions,
  type ScaleConvention,
  scaleConventions,
} from "./residual-finite-scalar/array.js";
export { finiteScalarsDequantize, finiteScalarsInference } from "./residual-finite-scalar/inference.js";
export {
  type FiniteScalarsTraining,
  type FiniteScalarsTrainingOptions,
  residualFiniteScalarTraining,
} from "./residual-finite-scalar/training.js";
export {
  createResidualScalarQuantizer,
  type ResidualScalarQuantizerOptions,
} from "./residual-scalar/array.js";
export {
  type ResidualScalarTraining,
  residualScalarDequantize,
  residualScalarInference,
  residualScalarTraining,
  type ScalarRounding,
} from "./residual-scalar/graph.js";
export {
  createResidualVectorQuantizer,
  type ResidualVectorQuantizerOptions,
} from "./residual-vector/array.js";
export {
  type ResidualVectorDraws,
  type ResidualVectorOptions,
  type ResidualVectorState,
  type ResidualVectorStep,
  residualVectorGraph,
} from "./residual-vector/graph.js";
export { dequantizeGraph, residualVectorInference } from "./residual-vector/inference.js";
export {
  drawLayerCounts,
  initialResidualVectorState,
  type LayerSpread,
  layerCountMask,
} from "./residual-vector/layer-draws.js";
export {
  createVectorQuantizer,
  type VectorProjections,
  type VectorQuantizerOptions,
} from "./vector/array.js";
export { type VectorTensors, vectorInference } from "./vector/graph.js";
