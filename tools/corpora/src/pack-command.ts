import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { clipKindOf } from "@nacre/training";
import { checkFolders, type Folders, namedSources, sourcesWithFolders } from "./choose.js";
import { packSources } from "./pack.js";
import { tellProgress } from "./progress.js";
import { divideSources } from "./reuse.js";
import { sources } from "./sources.js";

/** What the command line says of a corpus of sound. */
export type SoundOptions = {
  folder: string;
  rate: number;
  from: Folders;
  only?: string;
  kinds?: string;
  reuse?: string;
};

/** Fetches the chosen sources, packs them into `folder`/packed, and tells what each gave. */
export async function packSound({ folder, rate, from, only, kinds, reuse }: SoundOptions): Promise<void> {
  checkFolders(from, sources);
  const wanted = kinds?.split(",").map(clipKindOf);
  const named = only === undefined ? sources : namedSources(only, sources);
  const chosen = named.filter(({ kind }) => wanted?.includes(kind) ?? true);
  const home = resolve(folder);
  const { packed, missing } = await divideSources(chosen, reuse, rate);
  const fetched = await sourcesWithFolders(missing, from, home);
  const reused = { folder: reuse ?? "", sources: packed };
  const results = await packSources(fetched, join(home, "packed"), rate, tellProgress, reused);
  await writeFile(join(home, "packed", "report.json"), JSON.stringify(results, null, 2));
  for (const { name, clips, seconds, held, failed } of results) {
    const [all, aside] = [seconds, held].map((each) => (each / 3600).toFixed(2));
    console.log(`${name}: ${clips} clips, ${all} h, ${aside} h of it held, ${failed.length} unreadable`);
  }
}
