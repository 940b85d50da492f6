import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { NacreError } from "@nacre/errors";

/**
 * Fills a new folder under a temporary name, then renames it: it is there whole or not at all.
 *
 * force   replaces a folder that is there
 * throws  NacreError "io" when it is there and `force` is not given
 */
export async function wholeFolder<T>(
  folder: string,
  force: boolean,
  fill: (draft: string) => Promise<T>,
): Promise<T> {
  refuseExisting(folder, force);
  const draft = `${resolve(folder)}.${process.pid}.tmp`;
  await mkdir(dirname(draft), { recursive: true });
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  try {
    const result = await fill(draft);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return result;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** throws NacreError "io" when the path is there and `force` is not given */
export function refuseExisting(path: string, force: boolean): void {
  if (force || !existsSync(path)) return;
  throw new NacreError("io", {
    found: `${path} is there`,
    expected: "a new name",
    mend: "choose another, or give --force to replace it",
  });
}
