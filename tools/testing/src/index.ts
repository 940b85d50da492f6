/** What tests of several rooms share; nothing that ships imports it. */
export { affine, gelu, norm } from "./float64.js";
export { changedParts, countMultiplyAdds, gradientNorms } from "./measure.js";
export { distance, noise, normalArray, seededRandom } from "./numbers.js";
export { type Ended, inProcess, type KeptIo, startProgram } from "./program.js";
export { type Feed, run, runGraph } from "./run-graph.js";
