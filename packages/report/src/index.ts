export type { PageOptions } from "./page-frame.js";
export { type PicturePageOptions, picturePage } from "./picture-page.js";
export { type ReportPageOptions, reportPage } from "./report-page.js";
export {
  type Mean,
  type RoundTripFile,
  type RoundTripLayer,
  type RoundTripMedia,
  type RoundTripPoint,
  type RoundTripReport,
  roundTripJsonSchema,
  roundTripSchema,
} from "./round-trip/schema.js";
