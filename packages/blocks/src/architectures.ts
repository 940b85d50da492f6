import { NacreError } from "@nacre/errors";

/**
 * The architecture of a name in a list, as a model asks for it.
 *
 * kind     of the list, for the error sentence: "encoder"
 * version  as stored in the model; the newest one when left out
 * throws   NacreError "model" when the name is unknown, "version" when the version is
 */
export function architectureByName<A extends { readonly name: string; readonly version: number }>(
  kind: string,
  list: readonly A[],
  name: string,
  version?: number,
): A {
  const named = list.filter((architecture) => architecture.name === name);
  if (named.length === 0) {
    throw new NacreError("model", {
      found: `the model names ${kind} ${JSON.stringify(name.slice(0, 40))}`,
      expected: `one of ${list.map((architecture) => architecture.name).join(", ")}`,
    });
  }
  const newest = Math.max(...named.map((architecture) => architecture.version));
  const found = named.find((architecture) => architecture.version === (version ?? newest));
  if (found) return found;
  throw new NacreError("version", {
    found: `the model names version ${version} of ${name}`,
    expected: `at most ${newest}`,
    mend: "update nacre, or use a model made for this release",
  });
}
