import { NacreError } from "@nacre/errors";
import type { Tensor } from "@nacre/graph";
import type { ParameterSpec, Parameters } from "./network.js";

/**
 * The parameter of that name.
 * throws NacreError "model" when the weights do not have it
 */
export function parameter(parameters: Parameters, name: string): Tensor {
  const found = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (!found) {
    throw new NacreError("model", {
      found: `the weights have no tensor "${name}"`,
      expected: "every tensor that the config asks for",
      mend: "use the weights that belong to this config",
    });
  }
  return found;
}

/** Number of values in a tensor of that shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Number of trained values in all specs together. */
export function countParameters(specs: readonly ParameterSpec[]): number {
  return specs.reduce((count, { shape }) => count + sizeOf(shape), 0);
}
