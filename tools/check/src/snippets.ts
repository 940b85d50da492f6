/** Every room's README has one ```ts block, and it compiles and runs as it stands. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { complaints, loadProgram } from "./program.js";
import { type Package, readPackages, slashes } from "./workspace.js";

const patience = 60_000;

type Snippet = { shown: string; folder: string; code: string };

/** One line per README that is absent, has no or several snippets, or whose snippet does not compile or run. */
export async function checkSnippets(root: string): Promise<string[]> {
  const read = readPackages(root)
    .filter(({ kind }) => kind === "packages")
    .map((each) => readSnippet(root, each));
  const snippets = read.filter((each) => typeof each !== "string");
  const faults = read.filter((each) => typeof each === "string");
  const program = loadProgram(root, [], new Map(snippets.map((each) => [virtualPath(each), each.code])));
  for (const snippet of snippets) {
    const unfit = complaints(program, virtualPath(snippet))[0];
    if (unfit) faults.push(`${snippet.shown}: the snippet does not compile: ${unfit}`);
    const failure = await runSnippet(snippet);
    if (failure) faults.push(`${snippet.shown}: the snippet failed: ${failure}`);
  }
  return faults;
}

function readSnippet(root: string, { path }: Package): Snippet | string {
  const shown = `${path}/README.md`;
  const file = join(root, shown);
  if (!existsSync(file)) return `${shown}: does not exist`;
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```ts\r?\n(.*?)^```/gms)].map(([, code]) => code!);
  if (blocks.length !== 1) return `${shown}: has ${blocks.length} \`\`\`ts blocks, expected one`;
  return { shown, folder: join(root, path), code: blocks[0]! };
}

function virtualPath({ folder }: Snippet): string {
  return `${slashes(folder)}/.snippet.mts`;
}

/** Runs from a file inside the package, so that imports resolve as they do for its readers. */
async function runSnippet({ folder, code }: Snippet): Promise<string | undefined> {
  const file = join(folder, `.snippet-${process.pid}.mjs`);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  writeFileSync(file, outputText);
  try {
    return await run(file, folder);
  } finally {
    rmSync(file, { force: true });
  }
}

function run(file: string, cwd: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { cwd, timeout: patience }, (error, _output, complaints) => {
      if (!error) resolve(undefined);
      else if (error.killed) resolve(`it ran longer than ${patience / 1000} seconds`);
      else
        resolve(
          complaints
            .split("\n")
            .find((line) => /Error\b.*:|^\w+Error/.test(line))
            ?.trim() ?? `exit ${error.code}`,
        );
    });
  });
}
