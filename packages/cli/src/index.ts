/** One set of verbs for any medium. Start at medium.ts (what a program brings), then verbs.ts and convert.ts. */
export { counted, type Fact, factLine, factObject } from "./facts.js";
export { oneInput } from "./inputs.js";
export { BrokenPipe, type Io, processIo } from "./io.js";
export { runAll } from "./job.js";
export type {
  ImportRequest,
  Inspection,
  InspectRequest,
  Medium,
  ModelSummary,
  OpenModel,
  PairRequest,
  Task,
  TrainRequest,
  Work,
} from "./medium.js";
export { isNumbered } from "./numbered-output.js";
export {
  choice,
  count,
  number,
  type Option,
  type Options,
  positive,
  text,
  toggle,
  toggleOff,
  type Values,
} from "./options.js";
export { type Output, openOutput } from "./output.js";
export { run, runProcess } from "./run.js";
export { label, once, readNacre, type Sniffed, type Source, sniff } from "./source.js";
export { table } from "./table.js";
export { type TrainingTask, trainingTask } from "./training-task.js";
export {
  type Context,
  forceOption,
  jsonOption,
  modelOption,
  report,
  taskOf,
  type Verb,
  verb,
} from "./verb.js";
export { verbs } from "./verbs.js";
