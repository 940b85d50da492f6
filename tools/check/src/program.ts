/** The compiler as the checks use it: the repository's own options, nothing written. */
import { dirname, join } from "node:path";
import ts from "typescript";

// The language's own declarations are the same for every program, and parsing them takes longest.
const libraries = new Map<string, ts.SourceFile | undefined>();

/**
 * Loads files and what they import.
 *
 * texts  files that are not on the disk, by their path
 */
export function loadProgram(
  root: string,
  paths: readonly string[],
  texts: ReadonlyMap<string, string>,
): ts.Program {
  const options = readOptions(root);
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile, fileExists, readFile } = host;
  const libraryFolder = dirname(ts.getDefaultLibFilePath(options));
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) => {
    const text = texts.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, language, true);
    if (dirname(path) !== libraryFolder) return getSourceFile(path, language, ...rest);
    if (!libraries.has(path)) libraries.set(path, getSourceFile(path, language, ...rest));
    return libraries.get(path);
  };
  return ts.createProgram([...paths, ...texts.keys()], options, host);
}

/** What is wrong with one file, in the compiler's words: the first line of each complaint. */
export function complaints(program: ts.Program, path: string): string[] {
  const file = program.getSourceFile(path);
  if (!file) return ["it could not be read"];
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

function readOptions(root: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, root);
  const always: ts.CompilerOptions = {
    noEmit: true,
    composite: false,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
  };
  const plain = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023 };
  return { ...plain, ...options, ...always };
}
