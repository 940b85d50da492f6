/** Video joined to the verbs of the command line; the program itself is main.ts. */
export { video } from "./medium.js";
