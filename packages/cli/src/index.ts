/** One set of verbs for any medium. Start at medium.ts (what a program brings), then verbs.ts and convert.ts. */
export { counted, type Fact, factLine, factObject } from "./facts.js";
export { BrokenPipe, type Io, processIo } from "./io.js";
export type {
  ImportRequest,
  Inspection,
  Medium,
  ModelSummary,
  OpenModel,
  Task,
  TrainRequest,
  Work,
} from "./medium.js";
export { choice, count, type Option, type Options, positive, text, toggle, type Values } from "./options.js";
export { run, runProcess } from "./run.js";
export { once, readNacre, type Sniffed, type Source, sniff } from "./source.js";
export type { Verb } from "./verb.js";
export { verbs } from "./verbs.js";
