/**
 * Gradient estimators over a pair (e, q): what a quantizer was given and what it answered.
 * Start reading at `estimator.ts`, then `rotation.ts`.
 */
export {
  type Composition,
  composeResidual,
  composeResidualJvp,
  composeResidualVjp,
  compositions,
  type ResidualStack,
} from "./compose-residual.js";
export { cosineMargin, type Estimator, gainLimit, tinyNorm } from "./estimator.js";
export { estimatorByName, estimators } from "./estimators.js";
export { reflection } from "./reflection.js";
export { rotation, rotationUnscaled } from "./rotation.js";
export { straightThrough } from "./straight-through.js";
