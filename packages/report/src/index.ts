export { type ReportPageOptions, reportPage } from "./report-page.js";
