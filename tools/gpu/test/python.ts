import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The interpreter that tests of the runner use. */
export const python = process.env.NACRE_PYTHON ?? "python3";

/** False where that interpreter has no torch or numpy: the tests that need it are skipped. */
export const hasTorch = spawnSync(python, ["-c", "import torch, numpy"]).status === 0;

/** Said in the names of skipped tests. */
export const why = "(skipped where Python has no torch; NACRE_PYTHON names an interpreter)";

export const runnerFolder = fileURLToPath(new URL("../runner/", import.meta.url));
