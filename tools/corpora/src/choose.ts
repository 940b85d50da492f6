import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { NacreError, naming } from "@nacre/errors";
import { fetchSource, type Origin } from "./fetch.js";

/** Folders of sources that are on the disk already, by name. */
export type Folders = Readonly<Record<string, string>>;

/** The sources of these comma-separated names. throws NacreError "option" for a name that none has */
export function namedSources<S extends Origin>(names: string, sources: readonly S[]): S[] {
  return names.split(",").map((name) => {
    const found = sources.find((source) => source.name === name);
    if (found) return found;
    const expected = sources.map((source) => source.name).join(", ");
    throw new NacreError("option", { found: `source "${name}"`, expected });
  });
}

/** One more `name=folder` of the command line. */
export function collectFolders(value: string, before: Folders): Folders {
  const [name = "", folder = ""] = value.split(/=(.*)/s);
  return { ...before, [name]: folder };
}

/** throws NacreError "option" when a folder is given for a source that is not among these */
export function checkFolders(from: Folders, sources: readonly Origin[]): void {
  const stray = Object.keys(from).find((name) => !sources.some((source) => source.name === name));
  if (stray === undefined) return;
  throw new NacreError("option", {
    found: `a folder for source "${stray}"`,
    expected: `one for ${sources.map(({ name }) => name).join(", ")}`,
    mend: "name the source with --only, or leave its folder out",
  });
}

/**
 * Every source with the folder that it is in: the given one, whatever links lead there, or one in `home` that it
 * is fetched to.
 *
 * throws NacreError "io" when a given folder is absent or a source cannot be had
 */
export async function sourcesWithFolders<S extends Origin>(
  sources: readonly S[],
  from: Folders,
  home: string,
): Promise<{ source: S; root: string }[]> {
  const found: { source: S; root: string }[] = [];
  for (const source of sources) {
    const own = from[source.name];
    const root =
      own === undefined ? await fetchSource(source, home) : await naming(own, realpath(resolve(own)));
    found.push({ source, root });
  }
  return found;
}
