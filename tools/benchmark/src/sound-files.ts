import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { NacreError, naming } from "@nacre/errors";

/**
 * The sounds in a folder, in the order of their names.
 *
 * every   takes every so-many-th, from the first on
 * throws  NacreError "media" when there is none, "io" for no folder, "option" for a count that is none
 */
export async function soundFiles(folder: string, every = 1): Promise<{ name: string; path: string }[]> {
  if (!Number.isInteger(every) || every < 1) {
    throw new NacreError("option", { found: `every ${every}th file`, expected: "a whole number from 1 on" });
  }
  const found = await naming(folder, readdir(folder));
  const names = found.filter((name) => /\.(wav|flac|ogg)$/i.test(name)).sort();
  if (names.length === 0)
    throw new NacreError("media", { found: `no sound in ${folder}`, expected: "WAV, FLAC or Ogg files" });
  return names.filter((_, index) => index % every === 0).map((name) => ({ name, path: join(folder, name) }));
}
