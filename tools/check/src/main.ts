/** `pnpm run check`: every check runs, and every fault of all of them is told, one line each. */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkDocumented } from "./documented.js";
import { checkImports } from "./imports.js";
import { checkLint } from "./lint.js";
import { checkPublished } from "./published.js";
import { checkPurity } from "./purity.js";
import { checkSnippets } from "./snippets.js";
import { checkTraces } from "./traces.js";
import { checkTypes } from "./types.js";

/** In the order they are told; to add a check: its file, and one line here. */
const checks: readonly [name: string, run: (root: string) => string[] | Promise<string[]>][] = [
  ["lint", checkLint],
  ["imports", checkImports],
  ["purity", checkPurity],
  ["documented", checkDocumented],
  ["types", checkTypes],
  ["traces", checkTraces],
  ["published", checkPublished],
  ["snippets", checkSnippets],
];

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !checks.some(([known]) => known === name));
if (unknown !== undefined) {
  console.error(`no check is called ${unknown}, expected ${checks.map(([name]) => name).join(", ")}`);
  process.exit(2);
}

let total = 0;
for (const [name, run] of checks.filter(([name]) => wanted.length === 0 || wanted.includes(name))) {
  const started = performance.now();
  const faults = await run(root);
  total += faults.length;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${faults.length === 0 ? "ok" : `${faults.length} faults`} (${seconds} s)`);
  for (const fault of faults) console.log(`  ${fault}`);
}
if (total > 0) process.exitCode = 1;
