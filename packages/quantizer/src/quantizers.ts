import { NacreError } from "@nacre/errors";
import {
  createFactorisedFiniteScalarQuantizer,
  type FactorisedFiniteScalarQuantizerOptions,
} from "./factorised-finite-scalar/array.js";
import { createFiniteScalarQuantizer, type FiniteScalarQuantizerOptions } from "./finite-scalar/array.js";
import type { Quantizer } from "./quantizer.js";
import {
  createResidualFactorisedVectorQuantizer,
  type ResidualFactorisedVectorQuantizerOptions,
} from "./residual-factorised-vector/array.js";
import {
  createResidualFiniteScalarQuantizer,
  type ResidualFiniteScalarQuantizerOptions,
} from "./residual-finite-scalar/array.js";
import {
  createResidualScalarQuantizer,
  type ResidualScalarQuantizerOptions,
} from "./residual-scalar/array.js";
import {
  createResidualVectorQuantizer,
  type ResidualVectorQuantizerOptions,
} from "./residual-vector/array.js";
import { createVectorQuantizer, type VectorQuantizerOptions } from "./vector/array.js";

/** Every quantizer by its kind. To add one: a folder like `finite-scalar/` and a line here. */
export const quantizers = {
  vector: createVectorQuantizer,
  "residual-vector": createResidualVectorQuantizer,
  "residual-factorised-vector": createResidualFactorisedVectorQuantizer,
  "finite-scalar": createFiniteScalarQuantizer,
  "residual-finite-scalar": createResidualFiniteScalarQuantizer,
  "factorised-finite-scalar": createFactorisedFiniteScalarQuantizer,
  "residual-scalar": createResidualScalarQuantizer,
} as const;

/** A kind and the options that its maker takes. */
export type QuantizerSpec =
  | ({ kind: "vector" } & VectorQuantizerOptions)
  | ({ kind: "residual-vector" } & ResidualVectorQuantizerOptions)
  | ({ kind: "residual-factorised-vector" } & ResidualFactorisedVectorQuantizerOptions)
  | ({ kind: "finite-scalar" } & FiniteScalarQuantizerOptions)
  | ({ kind: "residual-finite-scalar" } & ResidualFiniteScalarQuantizerOptions)
  | ({ kind: "factorised-finite-scalar" } & FactorisedFiniteScalarQuantizerOptions)
  | ({ kind: "residual-scalar" } & ResidualScalarQuantizerOptions);

/**
 * Makes the quantizer of that kind.
 * throws NacreError "option" for an unknown kind, and what the maker throws
 */
export function createQuantizer(spec: QuantizerSpec): Quantizer {
  const make = (quantizers as Record<string, ((options: never) => Quantizer) | undefined>)[spec.kind];
  if (make) return make(spec as never);
  throw new NacreError("option", {
    found: `quantizer "${spec.kind}"`,
    expected: `one of ${Object.keys(quantizers).join(", ")}`,
  });
}
