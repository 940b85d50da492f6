/** Pictures joined to the verbs of the command line; the program itself is main.ts. */
export { picture } from "./medium.js";
