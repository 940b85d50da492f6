/** Every public name has a docstring, and the public list is written by hand. */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import ts from "typescript";
import { loadProgram } from "./program.js";
import { type Package, readPackages, slashes, sourceOfExport } from "./workspace.js";

/** One line per exported name without a docstring, per `export *` and per empty public list. */
export function checkDocumented(root: string): string[] {
  const entries = readPackages(root)
    .filter(({ kind }) => kind === "packages")
    .flatMap((each) =>
      entryFiles(root, each).map((file) => ({ file, shown: slashes(relative(root, file)) })),
    );
  const missing = entries
    .filter(({ file }) => !existsSync(file))
    .map(({ shown }) => `${shown}: does not exist`);
  const present = entries.filter(({ file }) => existsSync(file));
  const program = loadProgram(
    root,
    present.map(({ file }) => file),
    new Map(),
  );
  return [...missing, ...present.flatMap(({ file, shown }) => checkEntry(program, file, shown))];
}

function checkEntry(program: ts.Program, file: string, shown: string): string[] {
  const checker = program.getTypeChecker();
  const tree = program.getSourceFile(file)!;
  const module = checker.getSymbolAtLocation(tree);
  const names = module ? checker.getExportsOfModule(module) : [];
  const stars = tree.statements.filter((node) => ts.isExportDeclaration(node) && !node.exportClause);
  return [
    ...stars.map(() => `${shown}: has "export *"; write the public names by hand`),
    ...(names.length === 0 ? [`${shown}: exports nothing`] : []),
    ...names.flatMap((name) =>
      faultOfName(checker, name).map((words) => `${shown}: "${name.name}" ${words}`),
    ),
  ];
}

function faultOfName(checker: ts.TypeChecker, name: ts.Symbol): string[] {
  const target = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name;
  if (!target.declarations) return ["does not resolve; build first"];
  return target.getDocumentationComment(checker).length > 0 ? [] : ["has no docstring"];
}

function entryFiles(root: string, each: Package): string[] {
  const built = Object.values(each.manifest.exports ?? {}).flatMap(({ types }) => types ?? []);
  return built.map((file) => sourceOfExport(root, each, file.replace(/^\./, "")));
}
