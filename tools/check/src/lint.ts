/** Biome's lint and format rules over the whole repository. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { slashes } from "./workspace.js";

type Diagnostic = { severity: string; message: string; path: string; line: number };

/** One line per file or place that Biome complains about. */
export function checkLint(root: string): string[] {
  const program = createRequire(join(root, "package.json")).resolve("@biomejs/biome/bin/biome");
  const arguments_ = ["check", ".", "--reporter=github", "--max-diagnostics=none", "--colors=off"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...arguments_], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status === 0) return [];
  const faults = stdout.split("\n").flatMap((line) => readLine(line) ?? []);
  const errors = faults.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return [`biome ended with code ${status}: ${stderr.trim().split("\n")[0] ?? ""}`];
  return errors.map(
    ({ path, line, message }) => `${slashes(relative(root, resolve(root, path)))}:${line}: ${message}`,
  );
}

/** Reads `::error title=…,file=…,line=…,…::message`, the form that hosts of repositories annotate from. */
function readLine(line: string): Diagnostic | undefined {
  const match = /^::(\w+) (.*?)::(.*)$/.exec(line);
  if (!match) return undefined;
  const fields = Object.fromEntries(match[2]!.split(",").map((field) => field.split("=", 2)));
  const message = `${fields.title ?? "biome"}: ${match[3]}`;
  return { severity: match[1]!, message, path: fields.file ?? "?", line: Number(fields.line ?? 0) };
}
