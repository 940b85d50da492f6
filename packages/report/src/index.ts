export type { PageOptions } from "./page-frame.js";
export { type PicturePageOptions, picturePage } from "./picture-page.js";
export { type ReportPageOptions, reportPage } from "./report-page.js";
export { createReportBuilder, type ReportBuilder, type ReportFrame } from "./round-trip/build-report.js";
export { chosenFiles } from "./round-trip/chosen-files.js";
export { type Change, type Comparison, compareRoundTrips } from "./round-trip/compare.js";
export { type Condition, type Judgement, judge, parseConditions } from "./round-trip/conditions.js";
export { madeNow } from "./round-trip/made.js";
export { pictureRoundTrips, type RoundTrips, soundRoundTrips } from "./round-trip/round-trips.js";
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
export type { PlacedSpecimen } from "./round-trip/specimens.js";
export type { TripRequest } from "./round-trip/take-trip.js";
export { type Trip, type TripLayer, tripSchema } from "./round-trip/trip.js";
export type { Specimen, TripCoder, TripSource } from "./round-trip/trip-medium.js";
export { type RoundTripPageOptions, roundTripPage } from "./round-trip-page/index.js";
