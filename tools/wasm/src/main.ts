#!/usr/bin/env node
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assembleKernel, findKernels, moduleOf } from "./assemble.js";

// Assembles every kernel of the repository, so that what is committed needs no assembler.
const root = join(import.meta.dirname, "..", "..", "..");
try {
  for (const kernel of await findKernels(root)) {
    const text = await assembleKernel(root, kernel);
    await writeFile(join(root, moduleOf(kernel)), text);
    console.log(`${moduleOf(kernel)}: ${text.length} characters`);
  }
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
