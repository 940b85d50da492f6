export { energyExplained } from "./energy.js";
export { type InspectOptions, inspectLayers } from "./inspect-layers.js";
export { type LayerReport, type LayerReportRow, layerReportSchema } from "./layer-report.js";
export { layerTable, tableWidth } from "./layer-table.js";
export { quality, type Value } from "./quality.js";
export { type CodeStatistics, codeStatistics } from "./statistics.js";
export type { InspectSubject, Latents, LayerCodes } from "./subject.js";
