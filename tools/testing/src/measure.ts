import {
  constant,
  gradients,
  input,
  mean,
  nodesInOrder,
  onnxModel,
  scalar,
  sizeOf,
  square,
  type Tensor,
} from "@nacre/graph";
import { InferenceSession, Tensor as Value } from "onnxruntime-node";

/** Multiply-adds of every matrix product and convolution in a graph, counted from its nodes' shapes. */
export function countMultiplyAdds(output: Tensor): number {
  return nodesInOrder([output]).reduce((total, { op, inputs, outputs }) => {
    const products = sizeOf(outputs[0]!.shape);
    if (op === "gemm") return total + products * inputs[0]!.shape[1]!;
    if (op === "conv") return total + products * sizeOf(inputs[1]!.shape.slice(1));
    if (op === "convTranspose") return total + sizeOf(inputs[0]!.shape) * sizeOf(inputs[1]!.shape.slice(1));
    if (op === "matmul") throw new Error(`the count does not know ${op}`);
    return total;
  }, 0);
}

/** Places of `found` along equal parts of `size` values that differ from `base` in any bit. */
export function changedParts(base: Float32Array, found: Float32Array, size: number): number[] {
  const parts = Array.from({ length: base.length / size }, (_, part) => part);
  return parts.filter((part) =>
    base.subarray(part * size, (part + 1) * size).some((x, i) => !Object.is(x, found[part * size + i])),
  );
}

/** Norm of the gradient of mean(output^2) by every parameter. */
export async function gradientNorms(
  values: Record<string, Float32Array>,
  shapes: Record<string, readonly number[]>,
  x: { shape: readonly number[]; data: Float32Array },
  build: (parameters: Record<string, Tensor>, x: Tensor) => Tensor,
): Promise<Record<string, number>> {
  const names = Object.keys(values);
  const inputs = names.map((name) => input(name, "float32", shapes[name]!));
  const parameters = Object.fromEntries(names.map((name, i) => [name, inputs[i]!]));
  const loss = mean(square(build(parameters, constant(x.data, x.shape))));
  const found = gradients([loss], [scalar(1)], inputs);
  const outputs = Object.fromEntries(names.map((name, i) => [`d.${name}`, found[i]!]));
  const session = await InferenceSession.create(onnxModel({ inputs, outputs }), { intraOpNumThreads: 1 });
  const feeds = names.map((name) => [name, new Value("float32", values[name]!, shapes[name]!)] as const);
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  const norm = (name: string) => Math.hypot(...(results[`d.${name}`]!.data as Float32Array));
  return Object.fromEntries(names.map((name) => [name, norm(name)]));
}
