export type { PageOptions } from "./page-frame.js";
export { type PicturePageOptions, picturePage } from "./picture-page.js";
export { type ReportPageOptions, reportPage } from "./report-page.js";
