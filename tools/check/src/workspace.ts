/** The packages of the repository and their source files, as every check sees them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

/** The parts of a package.json that are looked at. */
export type Manifest = {
  name: string;
  private?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  exports?: Record<string, { types?: string; default?: string }>;
};

/**
 * kind  the folder it stands in; only "packages" are rooms
 * room  its folder's name
 * path  from the repository's root, with slashes
 */
export type Package = {
  kind: "packages" | "apps" | "models";
  room: string;
  path: string;
  manifest: Manifest;
};

/** One TypeScript file of a package; shipped is false for tests, contracts and their fixtures. */
export type Source = { path: string; text: string; tree: ts.SourceFile; shipped: boolean };

/** Reads every package under packages, apps and models, in order of their names. */
export function readPackages(root: string): Package[] {
  return (["packages", "apps", "models"] as const).flatMap((kind) =>
    folders(join(root, kind)).flatMap((room) => {
      const path = `${kind}/${room}`;
      const manifest = join(root, path, "package.json");
      if (!existsSync(manifest)) return [];
      return [{ kind, room, path, manifest: JSON.parse(readFileSync(manifest, "utf8")) as Manifest }];
    }),
  );
}

/** Reads and parses the TypeScript files of one package: src and test. */
export function readSources(root: string, { path }: Package): Source[] {
  return ["src", "test"].flatMap((folder) =>
    files(join(root, path, folder))
      .filter((file) => file.endsWith(".ts"))
      .map((file) => {
        const text = readFileSync(file, "utf8");
        const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
        const shipped = folder === "src" && !/\.(test|contract)\.ts$/.test(file);
        return { path: slashes(relative(root, file)), text, tree, shipped };
      }),
  );
}

/** `path:line` of a node, as editors open it. */
export function place(source: Source, node: ts.Node): string {
  const { line } = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree));
  return `${source.path}:${line + 1}`;
}

/** Every import, re-export, dynamic import and import type of a file. */
export function importsOf({ tree }: Source): { specifier: string; node: ts.Node }[] {
  const found: { specifier: string; node: ts.Node }[] = [];
  const visit = (node: ts.Node): void => {
    const literal = specifierOf(node);
    if (literal && ts.isStringLiteralLike(literal)) found.push({ specifier: literal.text, node });
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The package a bare specifier names, without its sub-path. */
export function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** All files below a folder; none when it is absent. */
export function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A path with slashes on every system. */
export function slashes(path: string): string {
  return path.split(sep).join("/");
}

/** The source file that a built file of `exports` comes from. */
export function sourceOfExport(root: string, { path }: Package, built: string): string {
  return join(root, path, built.replace("/dist/", "/src/").replace(/(\.d\.ts|\.js)$/, ".ts"));
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0];
  return undefined;
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map((entry) => entry.name).sort();
}
