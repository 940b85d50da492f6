import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { naming } from "@nacre/errors";

/**
 * Writes all files beside their folder first, so that a folder never holds half a model.
 *
 * throws NacreError "io" when the disk refuses; nothing is left then
 */
export async function writeWhole(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  const parent = dirname(resolve(folder));
  await naming(parent, mkdir(parent, { recursive: true }));
  const temporary = await naming(parent, mkdtemp(join(parent, `.${basename(resolve(folder))}-`)));
  try {
    for (const [name, data] of Object.entries(files))
      await naming(folder, writeFile(join(temporary, name), data));
    await naming(folder, mkdir(folder, { recursive: true }));
    for (const name of Object.keys(files))
      await naming(folder, rename(join(temporary, name), join(folder, name)));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
