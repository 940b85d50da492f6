import type { ParameterSpec, Parameters } from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { constant } from "@nacre/graph";
import { z } from "zod";
import type { readSafetensors } from "./safetensors.js";

/** How model.json names a network. */
export const networkSchema = z.object({
  architecture: z.string().max(64),
  version: z.int().positive(),
  config: z.unknown(),
});

/** What every model.json says, whatever its medium. */
export const labelFields = {
  format: z.literal("nacre.model/0"),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/),
  version: z.int().min(1).max(999_999),
  description: z.string(),
  licence: z.string(),
  /** SHA-256 of the weightless graphs of a few frames: an edited block cannot silently change old models. */
  graphs: z.object({ encoder: z.string(), decoder: z.string() }),
  /** Names what decides decoding; 16 hex digits. */
  decodeHash: z.string().regex(/^[0-9a-f]{16}$/),
  provenance: z.unknown(),
};

/** Weights as constants of a graph, for running. */
export function bakedParameters(
  specs: readonly ParameterSpec[],
  values: Readonly<Record<string, Float32Array>>,
): Parameters {
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

/** Lower-case hex digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Values of a stored float tensor.
 *
 * throws NacreError "model" when it is absent, of another shape or type, or has values that are no finite numbers
 */
export function weightOf(
  tensors: ReturnType<typeof readSafetensors>["tensors"],
  name: string,
  shape: readonly number[],
): Float32Array {
  const stored = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (!stored) throw unfit(`no tensor "${name}"`);
  if (!(stored.data instanceof Float32Array) || stored.shape.join() !== shape.join()) {
    throw unfit(
      `tensor "${name}" of shape [${stored.shape.join(", ")}]`,
      `float values of shape [${shape.join(", ")}]`,
    );
  }
  const wrong = stored.data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw unfit(`${stored.data[wrong]} in tensor "${name}"`, "finite numbers");
  return stored.data;
}

/** The bytes of an array's values. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The error for the files of a model that cannot be used. */
export function unfit(found: string, expected?: string): NacreError {
  return new NacreError("model", {
    found: `a model with ${found}`,
    ...(expected ? { expected } : {}),
    mend: "get the model again, or train it anew",
  });
}

/**
 * Compares a network's graph with the one that a model was made with.
 *
 * throws NacreError "version" when they differ
 */
export function checkGraph(
  config: { name: string; version: number; graphs: Record<"encoder" | "decoder", string> } & Record<
    "encoder" | "decoder",
    z.infer<typeof networkSchema>
  >,
  side: "encoder" | "decoder",
  found: string,
): void {
  if (found === config.graphs[side]) return;
  throw new NacreError("version", {
    found: `the ${side} of ${config.name}@${config.version} was made by another version of ${config[side].architecture}`,
    expected: `a graph with SHA-256 ${config.graphs[side].slice(0, 12)}..., this version makes ${found.slice(0, 12)}...`,
    mend: "use the release of nacre that the model came with",
  });
}
