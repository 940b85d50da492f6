import type { Network } from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { spectralEncoder } from "./spectral/index.js";

/** Every encoder that a model may name, each version on its own. Adding one is adding a line. */
export const encoders: readonly Network<unknown>[] = [spectralEncoder];

/**
 * The encoder of that name.
 *
 * version  as stored in the model; the newest one when left out
 * throws   NacreError "model" when the name is unknown, "version" when the version is
 */
export function encoderByName(name: string, version?: number): Network<unknown> {
  const named = encoders.filter((encoder) => encoder.name === name);
  if (named.length === 0) {
    throw new NacreError("model", {
      found: `the model names encoder ${JSON.stringify(name.slice(0, 40))}`,
      expected: `one of ${encoders.map((encoder) => encoder.name).join(", ")}`,
    });
  }
  const newest = Math.max(...named.map((encoder) => encoder.version));
  const found = named.find((encoder) => encoder.version === (version ?? newest));
  if (found) return found;
  throw new NacreError("version", {
    found: `the model names version ${version} of ${name}`,
    expected: `at most ${newest}`,
    mend: "update nacre, or use a model made for this release",
  });
}
