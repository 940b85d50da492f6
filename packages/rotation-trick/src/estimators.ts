import { NacreError } from "@nacre/errors";
import type { Estimator } from "./estimator.js";
import { reflection } from "./reflection.js";
import { rotation, rotationUnscaled } from "./rotation.js";
import { straightThrough } from "./straight-through.js";

/** Every estimator there is. To add one: a file like `reflection.ts` and a line here. */
export const estimators: readonly Estimator[] = [straightThrough, rotation, reflection, rotationUnscaled];

/**
 * The estimator of that name.
 * throws NacreError "option" when there is none
 */
export function estimatorByName(name: string): Estimator {
  const found = estimators.find((estimator) => estimator.name === name);
  if (found) return found;
  throw new NacreError("option", {
    found: `estimator "${name}"`,
    expected: `one of ${estimators.map((estimator) => estimator.name).join(", ")}`,
    mend: "choose one of these",
  });
}
