import { assert } from "@nacre/errors";
import { z } from "zod";
import { factorisedFiniteScalar } from "./factorised-finite-scalar.js";
import type { OpenQuantizer, QuantizerKind } from "./quantizer-kind.js";
import { residualFactorisedVector } from "./residual-factorised-vector.js";
import { residualFiniteScalar } from "./residual-finite-scalar.js";
import { residualScalar } from "./residual-scalar.js";
import { residualVector } from "./residual-vector.js";

/** Every kind of quantizer that a model may name; adding one is a file and a line here. */
export const quantizerKinds = [
  residualVector,
  residualFactorisedVector,
  residualFiniteScalar,
  factorisedFiniteScalar,
  residualScalar,
] as const;

type SchemaOf<Kind> = Kind extends { schema: infer Schema extends z.core.$ZodTypeDiscriminable }
  ? Schema
  : never;
type SchemasOf<Kinds extends readonly unknown[]> = { [Index in keyof Kinds]: SchemaOf<Kinds[Index]> };

/** The quantizer's part of model.json, told apart by `kind`. */
export const quantizerSchema = z.discriminatedUnion(
  "kind",
  quantizerKinds.map(({ schema }) => schema) as unknown as SchemasOf<typeof quantizerKinds>,
);

/** One of the kinds' configs. */
export type QuantizerConfig = z.infer<typeof quantizerSchema>;

/** Names and shapes of the tensors that a model stores for its quantizer. */
export function quantizerTensors(config: QuantizerConfig): { name: string; shape: number[] }[] {
  return kindOf(config).tensors(config);
}

/** The quantizer of a model; tensors in the order of `quantizerTensors`. */
export function openQuantizer(config: QuantizerConfig, tensors: readonly Float32Array[]): OpenQuantizer {
  return kindOf(config).open(config, tensors);
}

function kindOf({ kind }: QuantizerConfig): QuantizerKind<z.ZodType<QuantizerConfig>> {
  const found = quantizerKinds.find((each) => each.kind === kind);
  assert(found, "the schema lets only listed kinds pass");
  return found as QuantizerKind<z.ZodType<QuantizerConfig>>;
}
