export { type RoundTripPageOptions, roundTripPage } from "./round-trip-page.js";
