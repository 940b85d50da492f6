/** Runs graphs once, with the engine that the codecs run them with. */
import { input, onnxModel, type Tensor } from "@nacre/graph";
import { InferenceSession, Tensor as Value } from "onnxruntime-node";

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
  const session = await InferenceSession.create(onnxModel({ inputs, outputs: renamed }), {
    intraOpNumThreads: 1,
  });
  const values = Object.entries(feeds).map(([name, { input, data }]) => {
    const type = data instanceof BigInt64Array ? "int64" : "float32";
    return [name, new Value(type, data as Float32Array, [...input.shape])] as const;
  });
  const found = await session.run(Object.fromEntries(values));
  await session.release();
  return Object.fromEntries(
    Object.keys(outputs).map((name) => [name, found[`${name}.out`]!.data as Float32Array]),
  );
}

/** Builds a graph of one float32 input, runs it once, returns its only output. */
export async function run(
  shape: readonly number[],
  data: Float32Array,
  build: (x: Tensor) => Tensor,
): Promise<Float32Array> {
  const x = input("x", "float32", shape);
  const { y } = await runGraph({ x: { input: x, data } }, { y: build(x) });
  return y as Float32Array;
}
