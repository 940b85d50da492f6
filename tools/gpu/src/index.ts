/** A recipe's step for a graphics card, its sound on the way there, its checkpoint on the way back. */
export { type Agreement, type AgreeOptions, agree, compareCase, writeCase } from "./agree.js";
export { type ExportOptions, exportFiles, exportStep, type StepAbout } from "./export-step.js";
export { importCheckpoint } from "./import-checkpoint.js";
export { type ListedNode, type ListedTensor, type NodeList, nodeListOf } from "./node-list.js";
export { exportSound, type PackedSound, type SoundOptions } from "./sound/export-sound.js";
