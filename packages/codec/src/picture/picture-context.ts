import { checkContext, type LinearContext } from "@nacre/entropy";
import { z } from "zod";
import { unfit } from "../model-parts.js";
import type { StoredTensor } from "../safetensors.js";

/** The context's part of model.json: sizes and what each layer looks at; the integers are tensors. */
export const contextSchema = z.object({
  /** Tables of every layer. */
  tables: z.int().min(1).max(256),
  /** Fraction bits of the sums. */
  precision: z.int().min(0).max(20),
  /** [layer][source] */
  sources: z
    .array(
      z
        .array(
          z.object({
            feature: z.enum(["side", "codes", "neighbours", "before"]),
            layer: z.int().min(0).max(63),
            diagonal: z.boolean(),
            shift: z.int().min(0).max(12),
          }),
        )
        .max(256),
    )
    .min(1)
    .max(64),
});

/** The parsed part. */
export type ContextConfig = z.infer<typeof contextSchema>;

/** What a context takes from the rest of its model. */
export type ContextSizes = { channels: number; sideChannels: number; reach: number };

const place = {
  bias: (layer: number) => `context.${layer}.bias`,
  weights: (layer: number, source: number) => `context.${layer}.${source}.weights`,
};

/** A context as model.json's part and tensors: biases I32 [2 C], weights I8 as `ContextSource` shapes them. */
export function storedContext(context: LinearContext): {
  config: ContextConfig;
  tensors: Record<string, StoredTensor>;
} {
  const { tables, precision, layers } = context;
  const tensors: Record<string, StoredTensor> = {};
  const sources = layers.map(({ bias, sources: all }, layer) => {
    tensors[place.bias(layer)] = { shape: [bias.length], data: bias };
    return all.map(({ weights, ...source }, at) => {
      tensors[place.weights(layer, at)] = { shape: [weights.length], data: weights };
      return source;
    });
  });
  return { config: { tables, precision, sources }, tensors };
}

/**
 * Joins them again.
 *
 * throws NacreError "model" for absent tensors, sizes that do not fit, or sums that could leave 32 bits
 */
export function openContext(
  { tables, precision, sources }: ContextConfig,
  sizes: ContextSizes,
  stored: Readonly<Record<string, StoredTensor>>,
): LinearContext {
  const layers = sources.map((all, layer) => ({
    bias: integers(stored, place.bias(layer), Int32Array),
    sources: all.map((source, at) => ({
      ...source,
      weights: integers(stored, place.weights(layer, at), Int8Array),
    })),
  }));
  return checkContext({ ...sizes, tables, precision, layers });
}

/** A context's integers in one order, for hashes. */
export function contextArrays({ layers }: LinearContext): (Int32Array | Int8Array)[] {
  return layers.flatMap(({ bias, sources }) => [bias, ...sources.map(({ weights }) => weights)]);
}

function integers<Data extends Int32Array | Int8Array>(
  stored: Readonly<Record<string, StoredTensor>>,
  name: string,
  type: new (length: number) => Data,
): Data {
  const found = Object.hasOwn(stored, name) ? stored[name]!.data : undefined;
  if (found instanceof type) return found;
  throw unfit(found ? `tensor "${name}" of another type` : `no tensor "${name}"`, "integers");
}
