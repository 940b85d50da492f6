import { inputName, onnxModel, type Tensor } from "@nacre/graph";
import type { Value, Values } from "@nacre/runtime";
import { createRuntime } from "@nacre/runtime/node";

/** What the tests run graphs on: the calling thread, one thread an operator. */
export const runtime = createRuntime({ worker: false });

/** A float32 or int64 value for a graph's door. */
export function feedOf(shape: readonly number[], data: Float32Array | BigInt64Array): Value {
  return { type: data instanceof Float32Array ? "float32" : "int64", shape, data };
}

/** Opens a graph once, to be called with arrays for its inputs in order; answers arrays by name. */
export async function openGraph(inputs: readonly Tensor[], outputs: Record<string, Tensor>) {
  const session = await runtime.open(onnxModel({ inputs: [...inputs], outputs }), { threads: 1 });
  return async (...arrays: readonly (Float32Array | BigInt64Array)[]) => {
    const feeds = inputs.map((each, i) => [inputName(each), feedOf(each.shape, arrays[i]!)] as const);
    const found: Values = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(Object.keys(outputs).map((name) => [name, found[name]!.data as Float32Array]));
  };
}

/** Inner product in float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}
