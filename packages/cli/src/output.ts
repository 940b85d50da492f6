import { randomBytes } from "node:crypto";
import { type FileHandle, link, lstat, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { NacreError, naming, systemCode, systemError } from "@nacre/errors";
import type { Io } from "./io.js";

/** A result being written. Call `keep` or `drop` at the end. */
export type Output = {
  write(bytes: Uint8Array): Promise<void>;
  /** Writes over the beginning; a pipe, which cannot go back, leaves it as it is. */
  rewriteStart(bytes: Uint8Array): Promise<void>;
  /** Gives the finished file its name. */
  keep(): Promise<void>;
  /** Leaves nothing behind. */
  drop(): Promise<void>;
};

/**
 * force        replace a file that is there
 * inputs       paths that are read and so may not be written
 * temporaries  set of paths to remove when the program is stopped at once
 */
export type OutputOptions = { force: boolean; inputs: readonly string[]; temporaries: Set<string> };

/**
 * Opens a file for a result. Bytes go to a temporary name in the same folder, which becomes the file's when it is
 * whole; a device or named pipe is written as it is.
 *
 * throws  NacreError "exists" when the file is there and `force` is not set, "usage" when it is an input, "io" when
 *         the folder does not exist or the disk refuses
 */
export async function openOutput(path: string, options: OutputOptions): Promise<Output> {
  const there = await lstatOrNothing(path);
  const target = there?.isSymbolicLink() ? await naming(path, realpath(path)) : path;
  const found = there?.isSymbolicLink() ? await naming(path, stat(target)) : there;
  if (found?.isDirectory()) throw systemError(Object.assign(new Error(), { code: "EISDIR" }), path);
  if (found && !found.isFile()) return deviceOutput(path);
  if (found) await refuseInput(path, found, options.inputs);
  if (found && !options.force) throw alreadyThere(path);
  return fileOutput(path, target, options);
}

/** The standard output; throws NacreError "usage" on a terminal. */
export function pipeOutput({ stdout }: Io): Output {
  refuseTerminal(stdout.isTerminal);
  const nothing = async () => undefined;
  return { write: (bytes) => stdout.write(bytes), rewriteStart: nothing, keep: nothing, drop: nothing };
}

/** throws NacreError "usage" when binary data would go to a terminal */
export function refuseTerminal(isTerminal: boolean): void {
  if (!isTerminal) return;
  throw new NacreError("usage", {
    found: "the standard output is a terminal, and the result is binary data",
    mend: "name a file with -o, or pipe it into a program",
  });
}

async function fileOutput(path: string, target: string, { force, temporaries }: OutputOptions) {
  const temporary = temporaryName(target);
  const handle = await claim(temporary, path);
  temporaries.add(temporary);
  const leave = async () => {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
    temporaries.delete(temporary);
  };
  return {
    write: (bytes: Uint8Array) => put(handle, path, bytes, null),
    rewriteStart: (bytes: Uint8Array) => put(handle, path, bytes, 0),
    async keep() {
      try {
        // A full disk may tell only now.
        await naming(path, handle.close());
        await publish(temporary, target, force, path);
      } finally {
        await leave();
      }
    },
    drop: leave,
  };
}

async function deviceOutput(path: string): Promise<Output> {
  const handle = await naming(path, open(path, "w"));
  const close = () => handle.close();
  return {
    write: (bytes) => put(handle, path, bytes, null),
    rewriteStart: async () => undefined,
    keep: close,
    drop: close,
  };
}

// Nobody else has the name, whatever runs at the same time; a long one is cut, for the disk limits the whole.
function temporaryName(target: string): string {
  const own = `${process.pid}-${randomBytes(4).toString("hex")}`;
  return join(dirname(target), `.${[...basename(target)].slice(0, 60).join("")}.${own}.tmp`);
}

async function claim(temporary: string, path: string): Promise<FileHandle> {
  try {
    return await open(temporary, "wx");
  } catch (cause) {
    if (systemCode(cause) !== "ENOENT") throw systemError(cause, path);
    throw new NacreError(
      "io",
      { found: `${path} cannot be made: there is no folder ${dirname(path)}`, mend: "make the folder first" },
      { cause },
    );
  }
}

async function put(
  handle: FileHandle,
  path: string,
  bytes: Uint8Array,
  position: number | null,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const place = position === null ? null : position + at;
    const { bytesWritten } = await naming(path, handle.write(bytes, at, bytes.length - at, place));
    at += bytesWritten;
  }
}

async function publish(temporary: string, target: string, force: boolean, path: string): Promise<void> {
  try {
    if (force) await rename(temporary, target);
    else await linkOrRename(temporary, target);
  } catch (cause) {
    if (systemCode(cause) === "EEXIST") throw alreadyThere(path);
    throw systemError(cause, path);
  }
}

// A link fails when the name was taken meanwhile, where a rename would silently replace.
async function linkOrRename(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (cause) {
    if (systemCode(cause) === "EEXIST") throw cause;
    // Some disks know no links.
    if (await lstatOrNothing(target)) throw alreadyThere(target);
    await rename(temporary, target);
  }
}

async function refuseInput(
  path: string,
  found: { dev: number; ino: number },
  inputs: readonly string[],
): Promise<void> {
  for (const input of inputs) {
    const other = await stat(input).catch(() => undefined);
    if (other?.ino !== found.ino || other.dev !== found.dev) continue;
    throw new NacreError("usage", {
      found: `${path} is the file that is read`,
      mend: "choose another name for the result",
    });
  }
}

async function lstatOrNothing(path: string) {
  try {
    return await lstat(path);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return undefined;
    throw systemError(cause, path);
  }
}

function alreadyThere(path: string): NacreError {
  return new NacreError("exists", {
    found: `${path} is already there`,
    mend: "replace it with --force, or choose another name with -o",
  });
}
