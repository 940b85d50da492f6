/** Training: a whole step as one graph, and everything around it. Start at step.ts, then train.ts. */
export { loadCheckpoint, type Progress, saveCheckpoint } from "./checkpoint.js";
export { type Clip, type Corpus, drawBatch, openCorpus } from "./corpus.js";
export { balance, type WeightedLoss } from "./losses/balancer.js";
export { type MelScale, melFilters, melLoss, melScales } from "./losses/mel.js";
export { siSdrLoss, waveformLoss } from "./losses/waveform.js";
export { type ModelLabel, writeModel } from "./model-folder.js";
export { type PackResult, packFolder } from "./pack-folder.js";
export { recipes } from "./recipes/index.js";
export type { Recipe } from "./recipes/recipe.js";
export { rateAt, type Schedule } from "./schedule.js";
export {
  buildStep,
  initialState,
  parameterSpecs,
  type StateValues,
  type StepGraph,
  tableRow,
} from "./step.js";
export { type TrainingNews, type TrainOptions, train, weightsOf } from "./train.js";
export { type TrainFolderOptions, trainFolder } from "./train-folder.js";
export { type ValidationPoint, validate, type Weights } from "./validation.js";
