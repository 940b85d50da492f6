export { roundTripPage } from "./round-trip-page.js";
