import type { Network } from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { spectralDecoder } from "./spectral/index.js";

/** Every decoder that a model may name, each version on its own. Adding one is adding a line. */
export const decoders: readonly Network<unknown>[] = [spectralDecoder];

/**
 * The decoder of that name.
 *
 * version  as stored in the model; the newest one when left out
 * throws   NacreError "model" when the name is unknown, "version" when the version is
 */
export function decoderByName(name: string, version?: number): Network<unknown> {
  const named = decoders.filter((decoder) => decoder.name === name);
  if (named.length === 0) {
    throw new NacreError("model", {
      found: `the model names decoder ${JSON.stringify(name.slice(0, 40))}`,
      expected: `one of ${decoders.map((decoder) => decoder.name).join(", ")}`,
    });
  }
  const newest = Math.max(...named.map((decoder) => decoder.version));
  const found = named.find((decoder) => decoder.version === (version ?? newest));
  if (found) return found;
  throw new NacreError("version", {
    found: `the model names version ${version} of ${name}`,
    expected: `at most ${newest}`,
    mend: "update nacre, or use a model made for this release",
  });
}
