export { energyExplained } from "./energy.js";
export { type InspectOptions, inspectLayers } from "./inspect-layers.js";
export {
  type LayerReport,
  type LayerReportRow,
  layerReportSchema,
  type PictureReport,
  type SoundReport,
} from "./layer-report.js";
export { layerTable, tableWidth } from "./layer-table.js";
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
  SoundSubject,
  StoredTile,
} from "./subject.js";
