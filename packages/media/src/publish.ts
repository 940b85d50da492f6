import { constants } from "node:fs";
import { copyFile, type FileHandle, link, lstat, open, realpath, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { NacreError, systemCode, systemError } from "@nacre/errors";

const busy = new Set<string>();

/**
 * Writes a file that is never half there: `write` fills a temporary name in the same folder, which gets
 * the file's own name when all is written and is removed when anything fails. Whoever looks sees the old
 * file or the whole new one.
 *
 * throws  NacreError "exists" when the name is taken and `overwrite` is not given; "io" when the disk is
 *         full or refuses; whatever `write` throws
 */
export async function writeWhole(
  path: string,
  overwrite: boolean,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const target = await targetOf(path, overwrite);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const handle = await claim(temporary, path);
  try {
    await write(handle);
    await handle.datasync().catch((error: unknown) => Promise.reject(systemError(error, path)));
    await publish(temporary, target, overwrite, path);
  } finally {
    await handle.close();
    await rm(temporary, { force: true });
    busy.delete(temporary);
  }
}

/** Writes all of the bytes, at the end of what is written or at a position; `path` names it in errors. */
export async function put(
  handle: FileHandle,
  path: string,
  bytes: Uint8Array,
  position: number | null = null,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    try {
      const { bytesWritten } = await handle.write(
        bytes,
        at,
        bytes.length - at,
        position === null ? null : position + at,
      );
      at += bytesWritten;
    } catch (error) {
      throw systemError(error, path);
    }
  }
}

/** Where the bytes go in the end; a link is followed, so that it stays a link. Throws NacreError "exists". */
export async function targetOf(path: string, overwrite: boolean): Promise<string> {
  const stat = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw systemError(error, path);
  });
  if (stat === undefined) return path;
  if (!overwrite) throw alreadyThere(path);
  const target = stat.isSymbolicLink()
    ? await realpath(path).catch((error: unknown) => Promise.reject(systemError(error, path)))
    : path;
  if (!(await lstat(target)).isFile()) {
    throw new NacreError("io", { found: `${path} is not an ordinary file`, mend: "choose another name" });
  }
  return target;
}

function alreadyThere(path: string): NacreError {
  return new NacreError("exists", {
    found: `${path} is already there`,
    mend: "overwrite it or choose another name",
  });
}

async function claim(temporary: string, path: string): Promise<FileHandle> {
  if (busy.has(temporary)) throw new NacreError("io", `${path} is being written at this moment`);
  busy.add(temporary);
  try {
    // One left behind by a killed process that had our number; nobody is writing it any more.
    await rm(temporary, { force: true });
    return await open(temporary, "wx");
  } catch (error) {
    busy.delete(temporary);
    throw systemError(error, path);
  }
}

/** Gives the finished file its name; without overwrite this fails if the name was taken meanwhile. */
async function publish(temporary: string, target: string, overwrite: boolean, path: string): Promise<void> {
  try {
    if (overwrite) await rename(temporary, target);
    else await linkOrCopy(temporary, target);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw alreadyThere(path);
    throw systemError(error, path);
  }
}

async function linkOrCopy(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw error;
    // Some disks know no links; a copy that refuses an existing name is the next best.
    await copyFile(temporary, target, constants.COPYFILE_EXCL);
  }
}
