import { onnxModel, type Tensor } from "@nacre/graph";
import * as ort from "onnxruntime-node";

/** What a test feeds a graph input with. */
export type Feed = { input: Tensor; data: Float32Array | BigInt64Array };

/** Emits a graph, runs it once and returns every output's array. */
export async function runGraph(
  feeds: Record<string, Feed>,
  outputs: Record<string, Tensor>,
): Promise<Record<string, Float32Array | BigInt64Array | Uint8Array>> {
  const inputs = Object.values(feeds).map((feed) => feed.input);
  // Inputs and outputs share one space of names in ONNX; tests like to use one name for both.
  const renamed = Object.fromEntries(Object.entries(outputs).map(([name, out]) => [`${name}.out`, out]));
  const session = await ort.InferenceSession.create(onnxModel({ inputs, outputs: renamed }), {
    intraOpNumThreads: 1,
  });
  const values = Object.entries(feeds).map(([name, { input, data }]) => {
    const type = data instanceof BigInt64Array ? "int64" : "float32";
    return [name, new ort.Tensor(type, data as Float32Array, [...input.shape])] as const;
  });
  const found = await session.run(Object.fromEntries(values));
  await session.release();
  return Object.fromEntries(
    Object.keys(outputs).map((name) => [name, found[`${name}.out`]!.data as Float32Array]),
  );
}

/** Uniform numbers from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Nearly normal numbers of unit variance: a sum of twelve uniform ones. */
export function normalArray(random: () => number, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => {
    let total = -6;
    for (let i = 0; i < 12; i++) total += random();
    return total * scale;
  });
}
