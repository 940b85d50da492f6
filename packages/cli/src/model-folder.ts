import { basename, resolve } from "node:path";
import { NacreError } from "@nacre/errors";

const namePattern = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/**
 * The name of a model that is to be written.
 *
 * name      as the user gave it; by default that of the folder, brought to what a name may be
 * fallback  where nothing is left of the folder's name
 * throws    NacreError "usage" for a name that cannot be one
 */
export function modelName(name: string | undefined, folder: string, fallback: string): string {
  if (name !== undefined) {
    if (namePattern.test(name)) return name;
    throw new NacreError("usage", {
      found: `--name ${name}`,
      expected: "lower-case letters, digits, dots and dashes",
    });
  }
  const plain = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 63);
  return plain || fallback;
}

/** The error for a folder that holds a model already; `mend` is how to go on all the same. */
export function modelThere(folder: string, mend: string): NacreError {
  return new NacreError("exists", {
    found: `${folder} already holds a model`,
    mend: `${mend}, or choose another folder with -o`,
  });
}
