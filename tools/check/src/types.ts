/** Tests are typed like what they test: the build leaves them out, so the compiler looks at them here. */
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { complaints, loadProgram } from "./program.js";
import { files, readPackages, slashes } from "./workspace.js";

/** One line per complaint of the compiler about a test, a contract, or what only tests import. */
export function checkTypes(root: string): string[] {
  return groups(root).flatMap((folders) => {
    const paths = folders.flatMap((folder) => files(join(root, folder, "src")).filter(isLookedAt));
    const program = loadProgram(root, paths, new Map());
    const own = program
      .getSourceFiles()
      .map(({ fileName }) => fileName)
      .filter((path) => isOfTests(slashes(relative(root, path)), folders));
    return own.flatMap((path) =>
      complaints(program, path).map((words) => `${slashes(relative(root, path))}: ${words}`),
    );
  });
}

/** Tools each for themselves: some declare the same untyped library, each the members that it calls. */
function groups(root: string): string[][] {
  const tools = join(root, "tools");
  const names = existsSync(tools) ? readdirSync(tools) : [];
  const typed = names.filter((name) => existsSync(join(tools, name, "tsconfig.json")));
  return [readPackages(root).map(({ path }) => path), ...typed.sort().map((name) => [`tools/${name}`])];
}

/** Tests, contracts, and declarations beside the sources. */
function isLookedAt(path: string): boolean {
  return /(\.test|\.contract|\.d)\.ts$/.test(path);
}

function isOfTests(path: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) =>
      path.startsWith(`${folder}/test/`) ||
      (path.startsWith(`${folder}/src/`) && /(\.test|\.contract)\.ts$/.test(path)),
  );
}
