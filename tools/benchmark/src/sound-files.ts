import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { NacreError, naming } from "@nacre/errors";

/** The sounds in a folder, in the order of their names. throws NacreError "media" when there is none, "io" for no folder */
export async function soundFiles(folder: string): Promise<{ name: string; path: string }[]> {
  const names = (await naming(folder, readdir(folder)))
    .filter((name) => /\.(wav|flac|ogg)$/i.test(name))
    .sort();
  if (names.length > 0) return names.map((name) => ({ name, path: join(folder, name) }));
  throw new NacreError("media", { found: `no sound in ${folder}`, expected: "WAV, FLAC or Ogg files" });
}
