export { type AtlasCode, type AtlasLayer, type AtlasOptions, codebookAtlas } from "./codebook-atlas.js";
export { energyExplained } from "./energy.js";
export { type InspectOptions, inspectLayers } from "./inspect-layers.js";
export {
  type LayerReport,
  type LayerReportRow,
  layerReportJsonSchema,
  layerReportSchema,
  type PictureReport,
  type SoundReport,
} from "./layer-report.js";
export { layerTable, tableWidth } from "./layer-table.js";
export { inspectionTable, significant } from "./measure-table.js";
export type { ComputedMeasure, Field, Measure, Need, RowMeasure } from "./measures/measure.js";
export { measures, measuresOf } from "./measures/measures.js";
export { quality, type Value } from "./quality.js";
export {
  type CodeStatistics,
  codeStatistics,
  conditionalEntropy,
  countStatistics,
  histogram,
} from "./statistics.js";
export type {
  BitMap,
  InspectSubject,
  Latents,
  LayerCodes,
  PictureSubject,
  PlacedCode,
  SoundSubject,
  StoredTile,
  Variant,
} from "./subject.js";
