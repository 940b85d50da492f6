export { type Progress, loadCheckpoint, saveCheckpoint } from "./checkpoint.js";
export { type Clip, type Corpus, drawBatch, openCorpus } from "./corpus.js";
export { recipes } from "./recipes/index.js";
export type { Recipe } from "./recipes/recipe.js";
export { buildStep, initialState, parameterSpecs, type StepGraph, tableRow } from "./step.js";
export { type TrainingNews, type TrainOptions, train, weightsOf } from "./train.js";
export { type ValidationPoint, validate, type Weights } from "./validation.js";
