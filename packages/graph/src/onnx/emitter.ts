import type { DType, Shape } from "../tensor.js";

/** An attribute of an ONNX node: whole numbers and lists of them, floats ({ float }), or text. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** Elements of a constant. */
export type ConstantData = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** An ONNX node as written. */
export type OnnxNode = {
  type: string;
  inputs: string[];
  outputs: string[];
  attributes: Readonly<Record<string, Attribute>>;
};

/** An ONNX initializer as written. */
export type Initializer = { name: string; dtype: DType; shape: Shape; data: ConstantData };

/** Collects what ops emit. */
export type Emitter = {
  /** Adds one node; returns the names of its outputs. "" stands for an absent optional input. */
  node(
    type: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
    outputs?: number,
  ): string[];
  /** Adds a constant; small equal ones are written once. */
  constant(dtype: DType, shape: Shape, data: ConstantData): string;
  /** A constant list of int64, as shapes and axes are given. */
  integers(values: readonly number[]): string;
  readonly nodes: OnnxNode[];
  readonly initializers: Initializer[];
};

/**
 * An emitter without nodes.
 *
 * taken  names of the model's inputs and outputs, which inner values must not have
 * share  whether small equal constants are written once
 */
export function createEmitter(
  taken: ReadonlySet<string> = new Set(),
  { share = true }: { share?: boolean } = {},
): Emitter {
  const nodes: OnnxNode[] = [];
  const initializers: Initializer[] = [];
  const known = new Map<string, string>();
  const counters = { c: 0, t: 0 };

  function fresh(kind: "c" | "t"): string {
    const name = `${kind}${counters[kind]++}`;
    return taken.has(name) ? fresh(kind) : name;
  }

  function constant(dtype: DType, shape: Shape, data: ConstantData): string {
    const key =
      share && data.length <= 16 ? `${dtype}[${shape}]${Array.from<number | bigint>(data).map(exact)}` : "";
    const before = key && known.get(key);
    if (before) return before;
    const name = fresh("c");
    initializers.push({ name, dtype, shape, data });
    if (key) known.set(key, name);
    return name;
  }
  return {
    nodes,
    initializers,
    constant,
    integers: (values) => constant("int64", [values.length], BigInt64Array.from(values.map(BigInt))),
    node(type, inputs, attributes = {}, outputs = 1) {
      const names = Array.from({ length: outputs }, () => fresh("t"));
      nodes.push({ type, inputs: [...inputs], outputs: names, attributes });
      return names;
    },
  };
}

// Zero and minus zero are equal numbers but different constants.
function exact(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
