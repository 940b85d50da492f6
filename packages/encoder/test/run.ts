import { input, onnxModel, type Tensor } from "@nacre/graph";
import { InferenceSession, Tensor as Value } from "onnxruntime-node";

/** Builds a graph of one float32 input, runs it once, returns its only output. */
export async function run(
  shape: readonly number[],
  data: Float32Array,
  build: (x: Tensor) => Tensor,
): Promise<Float32Array> {
  const x = input("x", "float32", shape);
  const session = await InferenceSession.create(onnxModel({ inputs: [x], outputs: { y: build(x) } }), {
    intraOpNumThreads: 1,
  });
  const { y } = await session.run({ x: new Value("float32", data, shape) });
  await session.release();
  return y!.data as Float32Array;
}

/** Numbers without structure, about -1 .. 1, the same on every machine. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Largest distance between two arrays; endless when lengths differ or a value is not a number. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i += 1) {
    const gap = Math.abs(a[i]! - b[i]!);
    most = Math.max(most, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
  }
  return most;
}
