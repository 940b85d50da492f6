/** Training: a whole step as one graph, and everything around it. Start at step.ts, then train.ts. */

export type { Augmentation, Range } from "./augmentation/augment.js";
export { loadCheckpoint, type Progress, saveCheckpoint } from "./checkpoint.js";
export { codeBits, contextTables, plainBits, type TileCodes } from "./context/context-graph.js";
export {
  type ContextRecipe,
  type ContextSizes,
  contextParameters,
  sourcesOf,
} from "./context/context-recipe.js";
export { exportContext } from "./context/export-context.js";
export {
  type Clip,
  type Corpus,
  type CorpusChoice,
  type CorpusSource,
  openCorpus,
  readCorpusIndex,
} from "./corpus.js";
export {
  type ClipKind,
  type ClipSource,
  type CorpusWriter,
  clipKindOf,
  clipKinds,
  createCorpusWriter,
} from "./corpus-writer.js";
export { drawBatch } from "./draw-batch.js";
export { type Feed, type FeedOptions, openFeed, openPictureFeed, type PictureFeedOptions } from "./feed.js";
export { writeFilmModel } from "./film-model-folder.js";
export { balance, type WeightedLoss } from "./losses/balancer.js";
export { type MelScale, melFilters, melLoss, melScales } from "./losses/mel.js";
export { siSdrLoss, waveformLoss } from "./losses/waveform.js";
export { type ModelLabel, type ModelWriting, writeModel } from "./model-folder.js";
export { type PackResult, packFolder } from "./pack-folder.js";
export { writePictureModel } from "./picture-model-folder.js";
export { drawCrops, networkValue, validationCrops } from "./pictures/draw-crops.js";
export { type PackedPictures, packPictureFolder } from "./pictures/pack-picture-folder.js";
export {
  openPictureCorpus,
  type PackedPicture,
  type PictureCorpus,
  type PictureCorpusSource,
  readPictureIndex,
} from "./pictures/picture-corpus.js";
export {
  createPictureCorpusWriter,
  type PictureCorpusWriter,
  type PictureSource,
} from "./pictures/picture-corpus-writer.js";
export type {
  EntryOptions,
  GroupedFiniteScalarRecipe,
  GroupedPictureRecipe,
  GroupedRecipe,
  GroupedVectorRecipe,
  PictureRecipe,
  PictureRecipeOf,
  ResidualScalarRecipe,
  ScalarPictureRecipe,
} from "./pictures/picture-recipe.js";
export {
  type MeasuredCrops,
  measureCrops,
  type PictureValidationPoint,
} from "./pictures/picture-validation.js";
export type { AnyCorpus, Pass, PassInputs, StepPlan, ValidationPoint, Weights } from "./plan.js";
export type { FactorisedFiniteScalarRecipe } from "./quantizers/factorised-finite-scalar.js";
export type { QuantizerRecipe } from "./quantizers/quantizers.js";
export type { ResidualFiniteScalarRecipe } from "./quantizers/residual-finite-scalar.js";
export type { ResidualVectorRecipe } from "./quantizers/residual-vector.js";
export { type Random, randomFor } from "./random.js";
export { readRecipe } from "./read-recipe.js";
export { edge } from "./recipes/check.js";
export {
  anyRecipeByName,
  filmRecipes,
  pictureRecipes,
  recipeAmong,
  recipeByName,
  recipes,
} from "./recipes/index.js";
export type { AnyRecipe, Recipe, RecipeOf } from "./recipes/recipe.js";
export { type Reconstruction, reconstruct } from "./reconstruct.js";
export { openRun, type Run, type RunOptions } from "./run.js";
export { rateAt, type Schedule, withSteps } from "./schedule.js";
export { recipeFrom, startFrom, takesQuantizer } from "./start.js";
export { initialState, parameterSpecs, type StateArray, type StateValues } from "./state.js";
export { buildStep, type StepGraph } from "./step.js";
export { type Table, tableRow } from "./table.js";
export { patience, runFiles, type TrainingNews, type TrainOptions, train, weightsOf } from "./train.js";
export { type TrainFolderOptions, trainFolder } from "./train-folder.js";
export { type SoundValidationPoint, validate, watchedPrefixes } from "./validation.js";
export { drawClips, validationClips } from "./video/draw-clips.js";
export { type FilmRecipe, withFrames } from "./video/film-recipe.js";
export {
  type ClipMeasure,
  type FilmValidationPoint,
  type MeasuredClips,
  openClipMeasure,
} from "./video/film-validation.js";
export { writeWhole } from "./write-whole.js";
