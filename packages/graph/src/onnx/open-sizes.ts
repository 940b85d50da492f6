import { assert, NacreError } from "@nacre/errors";
import type { DType } from "../tensor.js";
import type { Initializer } from "./emitter.js";
import { inputName, type ModelNodes, type ModelParts, modelNodes, type Port, writeModel } from "./model.js";
import { type SizeNodes, sizeNodes } from "./size-nodes.js";
import {
  constantOf,
  fitPolynomial,
  polynomialText,
  probesOf,
  type SizePolynomial,
  type Sizes,
} from "./size-polynomial.js";

/** What `openSizesModel` writes. */
export type OpenParts = {
  /** Name of the graph within the file. */
  name?: string;
  /** The least that each open size may have, by its name; one or two of them. */
  least: Sizes;
  /** The graph for given sizes: the same nodes for all of them. */
  build(sizes: Sizes): ModelParts;
};

/**
 * The ONNX file of a graph whose sizes are chosen when it is run, although every tensor of ours has a fixed shape:
 * the graph is built for several sizes, what differs between them is found, and nodes that compute it from the
 * shapes of the inputs take its place. A whole number may be a sum of products of sizes, a list of them even steps as
 * long as one; all else must be the same.
 *
 * throws  NacreError "shape" for a graph that depends on a size otherwise, or a size that no input shows; what
 *         onnxModel throws
 */
export function openSizesModel({ name = "nacre", least, build }: OpenParts): Uint8Array {
  const probes = probesOf(least);
  const parts = probes.map(build);
  const built = parts.map((each) => modelNodes(each, { share: false }));
  requireSameNodes(built);
  const inputs = openPorts(parts.map(inputPorts), probes);
  const outputs = openPorts(parts.map(outputPorts), probes);
  const added = sizeNodes(inputs, Object.keys(least));
  const initializers = built[0]!.initializers.filter((_, at) => {
    const same = built.map((each) => each.initializers[at]!);
    if (same.every((each) => sameInitializer(each, same[0]!))) return true;
    openInitializer(same, probes, added);
    return false;
  });
  return writeModel(name, inputs.map(written), outputs.map(written), {
    nodes: [...added.nodes, ...built[0]!.nodes],
    initializers: [...added.initializers, ...initializers],
  });
}

/** An input or output with a shape that depends on sizes. */
export type OpenPort = { name: string; dtype: DType; shape: readonly SizePolynomial[] };

function written({ name, dtype, shape }: OpenPort): Port {
  return { name, dtype, shape: shape.map((size) => constantOf(size) ?? polynomialText(size)) };
}

function inputPorts({ inputs }: ModelParts): Port[] {
  return inputs.map((tensor) => ({ name: inputName(tensor), dtype: tensor.dtype, shape: tensor.shape }));
}

function outputPorts({ outputs }: ModelParts): Port[] {
  return Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
}

function openPorts(lists: readonly Port[][], probes: readonly Sizes[]): OpenPort[] {
  return lists[0]!.map(({ name, dtype, shape }, port) => ({
    name,
    dtype,
    shape: shape.map((_, axis) =>
      fitted(
        lists.map((ports) => Number(ports[port]!.shape[axis])),
        probes,
        name,
      ),
    ),
  }));
}

/** Adds what computes a constant that differs from size to size. */
function openInitializer(same: readonly Initializer[], probes: readonly Sizes[], added: SizeNodes): void {
  const [{ name, dtype, shape }] = same as [Initializer];
  if ((dtype !== "int64" && dtype !== "int32") || shape.length !== 1) throw dependent(name);
  const values = same.map(({ data }) => Array.from(data as Int32Array | BigInt64Array, Number));
  const lengths = values.map(({ length }) => length);
  if (lengths.every((length) => length === lengths[0])) {
    const numbers = values[0]!.map((_, at) =>
      fitted(
        values.map((each) => each[at]!),
        probes,
        name,
      ),
    );
    added.list(name, dtype, numbers);
    return;
  }
  const [start, next] = values[0]! as [number, number];
  const step = next - start;
  if (!values.every((each) => each.every((value, at) => value === start + at * step))) throw dependent(name);
  added.steps(name, dtype, { start, step, count: fitted(lengths, probes, name) });
}

function fitted(values: readonly number[], probes: readonly Sizes[], name: string): SizePolynomial {
  const polynomial = fitPolynomial(values, probes);
  if (!polynomial) throw dependent(name);
  return polynomial;
}

function requireSameNodes(built: readonly ModelNodes[]): void {
  const [first, ...rest] = built.map(({ nodes, initializers }) =>
    JSON.stringify([nodes, initializers.map(({ name, dtype }) => [name, dtype])]),
  );
  assert(first, "there is more than one probe");
  if (!rest.every((text) => text === first)) throw dependent("its list of nodes");
}

function sameInitializer(a: Initializer, b: Initializer): boolean {
  if (a === b || (a.data === b.data && a.shape.join() === b.shape.join())) return true;
  return a.shape.join() === b.shape.join() && a.data.every((value, at) => Object.is(value, b.data[at]));
}

function dependent(what: string): NacreError {
  return new NacreError("shape", {
    found: `a graph with open sizes, in which they change ${what}`,
    expected: "sizes that only whole numbers depend on, by sums of products",
    mend: "write the graph for one size",
  });
}
