/** Pure rooms run in a browser: no Node modules, no machine code, no globals that only Node has. */
import { isBuiltin } from "node:module";
import ts from "typescript";
import { nativePackages, nodeGlobals, rooms } from "./rooms.js";
import { importsOf, packageOf, place, readPackages, readSources, type Source } from "./workspace.js";

/** One line per trace of Node or native code in a pure room; `src/node` is the door to the disk and exempt. */
export function checkPurity(root: string): string[] {
  const pure = readPackages(root).filter(({ kind, room }) => kind === "packages" && rooms[room]?.pure);
  return pure.flatMap((each) => [
    ...nativeDependencies(each.manifest.dependencies).map(
      (name) => `${each.path}/package.json: the pure room ${each.room} depends on ${name}`,
    ),
    ...readSources(root, each)
      .filter(({ path, shipped }) => shipped && !path.startsWith(`${each.path}/src/node/`))
      .flatMap((source) => [...impureImports(source), ...impureGlobals(source)]),
  ]);
}

function nativeDependencies(dependencies: Record<string, string> = {}): string[] {
  return Object.keys(dependencies).filter((name) => nativePackages.includes(name));
}

function impureImports(source: Source): string[] {
  return importsOf(source)
    .filter(({ specifier }) => isImpure(specifier))
    .map(({ specifier, node }) => `${place(source, node)}: a pure room imports "${specifier}"`);
}

function isImpure(specifier: string): boolean {
  if (specifier.startsWith(".")) return /^\.\/node\//.test(specifier);
  return (
    isBuiltin(specifier) ||
    nativePackages.includes(packageOf(specifier)) ||
    /^@nacre\/[^/]+\/node$/.test(specifier)
  );
}

function impureGlobals(source: Source): string[] {
  const own = new Set<string>();
  const uses: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && nodeGlobals.includes(node.text)) {
      if (isDeclaration(node)) own.add(node.text);
      else if (!isMemberName(node)) uses.push(node);
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return uses
    .filter(({ text }) => !own.has(text))
    .map((use) => `${place(source, use)}: a pure room uses the global ${use.text}`);
}

function isDeclaration(node: ts.Identifier): boolean {
  const { parent } = node;
  const named =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isBindingElement(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isImportSpecifier(parent);
  return named && parent.name === node;
}

/** `globalThis.process` is a use; `record.process` and `{ process: 1 }` are names of members. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return !(ts.isIdentifier(parent.expression) && parent.expression.text === "globalThis");
  }
  const member =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isBindingElement(parent);
  return member && (parent.name === node || (ts.isBindingElement(parent) && parent.propertyName === node));
}
