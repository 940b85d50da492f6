import { readdir, realpath, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { NacreError, naming } from "@nacre/errors";
import type { Io } from "./io.js";
import { fileSource, pipeSource, type Source } from "./source.js";

/**
 * One thing to work on.
 *
 * relative  where its result belongs below an output folder: the path below the folder that was named
 */
export type Input = { source: Source; relative: string };

/** Inputs in order, folders among them searched, and the sentence for each argument that cannot be read. */
export type FoundInputs = { inputs: Input[]; missing: { name: string; error: NacreError }[] };

/** One argument that is a file, a pipe or "-". throws NacreError "io", also for a folder; "usage" for a terminal */
export async function oneInput(argument: string, io: Io): Promise<Source> {
  if (argument === "-") return standardInput(io);
  const found = await naming(argument, stat(argument));
  if (found.isDirectory()) {
    throw new NacreError("io", { found: `${argument} is a folder`, expected: "a file" });
  }
  return sourceOf(argument, found.isFile());
}

/**
 * All inputs that arguments stand for. Folders are searched to the bottom for names that end in one of `extensions`;
 * links are followed, and a folder that is met again is not entered again.
 *
 * throws  NacreError "usage" for a terminal as standard input, "io" when not one argument can be read
 */
export async function findInputs(
  arguments_: readonly string[],
  extensions: readonly string[],
  io: Io,
): Promise<FoundInputs> {
  const result: FoundInputs = { inputs: [], missing: [] };
  for (const argument of arguments_) {
    try {
      result.inputs.push(...(await inputsOf(argument, extensions, io)));
    } catch (error) {
      if (!(error instanceof NacreError) || error.code === "usage") throw error;
      result.missing.push({ name: argument, error });
    }
  }
  if (result.inputs.length === 0 && result.missing[0]) throw result.missing[0].error;
  return result;
}

/** A folder that is one input; whoever opens it reads the files in it. */
export function folderSource(path: string): Source {
  return {
    name: path,
    path,
    bytes: () => {
      throw new NacreError("io", { found: `${path} is a folder`, expected: "a file" });
    },
  };
}

/** True when an argument names a folder. */
export async function isFolder(argument: string): Promise<boolean> {
  if (argument === "-") return false;
  const found = await stat(argument).catch(() => undefined);
  return found?.isDirectory() === true;
}

async function inputsOf(argument: string, extensions: readonly string[], io: Io): Promise<Input[]> {
  if (argument === "-") return [{ source: standardInput(io), relative: "stdin" }];
  const found = await naming(argument, stat(argument));
  if (!found.isDirectory()) {
    return [{ source: sourceOf(argument, found.isFile()), relative: basename(argument) }];
  }
  const names = await search(argument, "", extensions, new Set());
  if (names.length === 0) {
    throw new NacreError("io", {
      found: `${argument} holds no file that ends in ${extensions.join(", ")}`,
      mend: "name another folder, or the files themselves",
    });
  }
  return names.map((relative) => ({ source: fileSource(join(argument, relative)), relative }));
}

function standardInput({ stdin }: Io): Source {
  if (stdin.isTerminal) {
    throw new NacreError("usage", {
      found: "the standard input is a terminal",
      mend: "pipe a file into the program, or name one",
    });
  }
  return pipeSource("-", () => stdin.bytes());
}

// A named pipe loses what is read from it, so only an ordinary file is given a path to be opened again.
function sourceOf(path: string, isFile: boolean): Source {
  const source = fileSource(path);
  return isFile ? source : pipeSource(path, source.bytes);
}

async function search(
  root: string,
  below: string,
  extensions: readonly string[],
  entered: Set<string>,
): Promise<string[]> {
  const folder = join(root, below);
  const real = await naming(folder, realpath(folder));
  if (entered.has(real)) return [];
  entered.add(real);
  const found: string[] = [];
  for (const name of (await naming(folder, readdir(folder))).sort()) {
    const path = join(below, name);
    // A link to nowhere is passed over like any other file that is not one of ours.
    const kind = await stat(join(root, path)).catch(() => undefined);
    if (kind?.isDirectory()) found.push(...(await search(root, path, extensions, entered)));
    else if (kind?.isFile() && isOurs(name, extensions)) found.push(path);
  }
  return found;
}

// Names with a dot in front are other programs' own, such as our unfinished results.
function isOurs(name: string, extensions: readonly string[]): boolean {
  return !name.startsWith(".") && extensions.includes(extname(name).toLowerCase());
}
