import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkFolders, type Folders, namedSources, sourcesWithFolders } from "../choose.js";
import { tellProgress } from "../progress.js";
import { packPictures } from "./pack.js";
import type { PhotographSource } from "./photograph-source.js";
import { photographSources } from "./photograph-sources.js";
import { pictureTable } from "./picture-table.js";

/** What the command line says of a corpus of photographs. */
export type PhotographOptions = { folder: string; from: Folders; only?: string };

/**
 * Fetches the chosen sources into `folder`/sources, packs them into `folder`, and tells what each gave.
 */
export async function packPhotographs({ folder, from, only }: PhotographOptions): Promise<void> {
  const chosen = chosenSources(only);
  checkFolders(from, chosen);
  const home = resolve(folder);
  const fetched = await sourcesWithFolders(chosen, from, join(home, "sources"));
  const results = await packPictures(fetched, home, tellProgress);
  await writeFile(join(home, "report.json"), JSON.stringify(results, null, 2));
  console.log(pictureTable(results));
  for (const { name, reserved, leftOut } of results) {
    for (const line of leftOut) console.log(`${name}: left out ${line}`);
    if (reserved.length > 0) console.log(`${name}: ${reserved.length} files to measure with, never packed`);
  }
}

/** The sources of these comma-separated names, or all that state the licence of every picture. */
export function chosenSources(only?: string): PhotographSource[] {
  return only === undefined
    ? photographSources.filter(({ licenceStated }) => licenceStated)
    : namedSources(only, photographSources);
}
