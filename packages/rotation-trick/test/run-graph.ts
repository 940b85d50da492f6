export { type Feed, normalArray, runGraph, seededRandom } from "@nacre/testing";
