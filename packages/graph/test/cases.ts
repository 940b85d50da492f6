/** Turns the samples of op records into graphs with values to feed them. */
import { input } from "../src/ops/source.js";
import { type Draw, real, type Sample } from "../src/sample.js";
import { applyAll, type Op, type Tensor } from "../src/tensor.js";
import type { Feeds } from "./evaluate.js";
import { inputsOf } from "./run.js";
import { drawn, random, type Value } from "./value.js";

/** `wrt` are the inputs to differentiate in: floats away from kinks. */
export type Case = { outputs: readonly Tensor[]; wrt: readonly Tensor[]; feeds: Feeds };

export const isFloat = ({ dtype }: { dtype: string }) => dtype === "float32";

/** How a case is named in a failure: the shapes and attributes of its sample. */
export function titleOf({ shapes, attributes }: Sample<object>): string {
  const plain = JSON.stringify(attributes, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
  return `${shapes.map((shape) => `[${shape}]`).join(" ")} ${plain}`;
}

/** The op applied as its sample says, and values for all that it reads. */
export function caseOf(op: Op<object>, { shapes, attributes, draws }: Sample<object>, seed: number): Case {
  const inputs = shapes.map((shape, i) => input(`x${i}`, (draws?.[i] ?? real()).dtype, shape));
  const outputs = applyAll(op, inputs, attributes);
  const drawOf = (name: string): Draw => draws?.[Number(name.slice(1))] ?? real();
  const wrt = inputs.filter((tensor, i) => isFloat(tensor) && draws?.[i]?.step === undefined);
  return { outputs, wrt, feeds: feedsOf(inputsOf([...inputs, ...outputs]), seed, drawOf) };
}

/** Values for inputs, by their names. */
export function feedsOf(
  inputs: readonly Tensor[],
  seed: number,
  drawOf: (name: string) => Draw = () => real(),
): Record<string, Value> {
  const next = random(seed);
  const entries = inputs.map(({ node, shape }): [string, Value] => {
    const { name } = node.attributes as { name: string };
    return [name, drawn(shape, drawOf(name), next)];
  });
  return Object.fromEntries(entries);
}

/** Inputs of the same shapes, to stand for cotangents. */
export function likenesses(prefix: string, tensors: readonly Tensor[]): Tensor[] {
  return tensors.map(({ shape }, i) => input(`${prefix}${i}`, "float32", shape));
}
