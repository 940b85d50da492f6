/** Runs graphs with the engine that the codec runs them with. */
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { inputName, onnxModel } from "../src/onnx/model.js";
import { sizeOf, type Tensor } from "../src/tensor.js";
import { nodesInOrder } from "../src/walk.js";
import type { Feeds } from "./evaluate.js";
import type { Value } from "./value.js";

/** Writes the graph as ONNX, runs it once on one thread, returns its outputs in order. */
export async function run(outputs: readonly Tensor[], feeds: Feeds): Promise<Value[]> {
  const inputs = inputsOf(outputs);
  const named = Object.fromEntries(outputs.map((tensor, i) => [`out${i}`, tensor]));
  const session = await openModel(onnxModel({ inputs, outputs: named }));
  const fed = inputs.map(inputName).map((name) => [name, toEngine(feeds[name]!)]);
  const results = await session.run(Object.fromEntries(fed));
  await session.release();
  return outputs.map((_, i) => fromEngine(results[`out${i}`]!));
}

/** Warnings are off: shapes that the engine infers less of than we do are no news. */
export function openModel(bytes: Uint8Array): Promise<InferenceSession> {
  return InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
}

/** The inputs that a graph reads. */
export function inputsOf(outputs: readonly Tensor[]): Tensor[] {
  return nodesInOrder(outputs).flatMap((node) => (node.op === "input" ? [node.outputs[0]!] : []));
}

/** A value as the engine takes it. */
export function toEngine({ dtype, shape, data }: Value): OrtTensor {
  if (dtype === "float32") return new OrtTensor(dtype, Float32Array.from(data), shape);
  if (dtype === "int32") return new OrtTensor(dtype, Int32Array.from(data), shape);
  if (dtype === "bool") return new OrtTensor(dtype, Uint8Array.from(data), shape);
  return new OrtTensor(dtype, BigInt64Array.from(data, BigInt), shape);
}

/** The way back. */
export function fromEngine({ type, dims, data }: OrtTensor): Value {
  const numbers = Float64Array.from(data as ArrayLike<number | bigint>, (each) => Number(each));
  return { dtype: type as Value["dtype"], shape: dims, data: numbers };
}

/** Largest distance relative to the largest expected magnitude; endless where shapes or types differ. */
export function misfit(found: Value, expected: Value): number {
  const { dtype, shape, data } = expected;
  const same = found.dtype === dtype && found.shape.join() === shape.join() && data.length === sizeOf(shape);
  if (!same || found.data.length !== data.length) return Number.POSITIVE_INFINITY;
  let [most, largest] = [0, 0];
  for (const [i, value] of data.entries()) {
    const gap = Math.abs(found.data[i]! - value);
    most = Math.max(most, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
    largest = Math.max(largest, Math.abs(value));
  }
  return most === 0 ? 0 : most / largest;
}
