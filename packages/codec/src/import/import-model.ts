import { NacreError } from "@nacre/errors";
import type { TrainedModel } from "../build-model.js";
import { dac } from "./dac.js";
import { encodec } from "./encodec.js";
import type { ForeignFamily, ForeignFiles, ForeignLicence } from "./foreign-family.js";
import { openForeignTensors, unimportable } from "./foreign-tensors.js";
import { snac } from "./snac.js";

/** Every family that can be imported; adding one is a file like encodec.ts and a line here. */
const families: readonly ForeignFamily[] = [encodec, dac, snac];

/** Names of the families that can be imported, as `--as` takes them. */
export const foreignFamilies: readonly string[] = families.map(({ name }) => name);

/** Files that were recognised, before anything is taken over. */
export type ForeignModel = ForeignLicence & {
  family: string;
  /**
   * A model of ours with the same weights, to be handed to `buildModel`.
   *
   * throws NacreError "model" for missing tensors (named), other shapes than the config says, a config that
   *        disagrees with itself or the weights, and forms that Nacre does not do
   */
  convert(name: string): TrainedModel;
};

/**
 * Recognises the files of another project's codec by its tensors and config.json.
 *
 * family  one of `foreignFamilies`, where it is known
 * throws  NacreError "option" for a family that is not known, "model" for a pickle, damaged or cut weights, and
 *         files that are of no family
 */
export function openForeignModel({ config, weights }: ForeignFiles, family?: string): ForeignModel {
  const known = `one of ${foreignFamilies.join(", ")}`;
  if (family !== undefined && !foreignFamilies.includes(family))
    throw new NacreError("option", { found: `a model as "${family}"`, expected: known });
  const tensors = openForeignTensors(weights);
  const found = families.find((each) => (family ? each.name === family : each.detect(config, tensors)));
  if (!found) throw unimportable("tensors of no codec that is known", known, "say which it is with --as");
  return {
    ...found.licence,
    family: found.name,
    convert: (name) => ({ name, version: 1, ...found.convert(config, tensors) }),
  };
}
