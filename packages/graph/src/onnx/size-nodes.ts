import { NacreError } from "@nacre/errors";
import type { Initializer, OnnxNode } from "./emitter.js";
import type { OpenPort } from "./open-sizes.js";
import { constantOf, namesIn, type SizePolynomial } from "./size-polynomial.js";

type Whole = "int32" | "int64";

/** Nodes that compute whole numbers from the shapes of a graph's inputs. */
export type SizeNodes = {
  readonly nodes: OnnxNode[];
  readonly initializers: Initializer[];
  /** A list of numbers under a name. */
  list(name: string, dtype: Whole, numbers: readonly SizePolynomial[]): void;
  /** start, start + step, ..., `count` of them, under a name. */
  steps(name: string, dtype: Whole, sizes: { start: number; step: number; count: SizePolynomial }): void;
};

/**
 * No nodes but those that read the sizes.
 *
 * throws NacreError "shape" for a size that is not an axis of an input, or a multiple of one
 */
export function sizeNodes(inputs: readonly OpenPort[], names: readonly string[]): SizeNodes {
  const nodes: OnnxNode[] = [];
  const initializers: Initializer[] = [];
  const products = new Map<string, string>();
  // No name of ours has a colon.
  const fresh = () => `size:${nodes.length + initializers.length}`;
  const node = (type: string, from: string[], name = fresh(), attributes: OnnxNode["attributes"] = {}) => {
    nodes.push({ type, inputs: from, outputs: [name], attributes });
    return name;
  };
  const integers = (values: readonly number[], shape: number[] = [values.length]) => {
    const name = fresh();
    initializers.push({ name, dtype: "int64", shape, data: BigInt64Array.from(values.map(BigInt)) });
    return name;
  };
  const productOf = (monomial: string): string => {
    const known = products.get(monomial);
    if (known) return known;
    const made = namesIn(monomial)
      .map((name) => products.get(name)!)
      .reduce((a, b) => node("Mul", [a, b]));
    products.set(monomial, made);
    return made;
  };
  for (const name of names) {
    const { port, axis, multiple } = sourceOf(inputs, name);
    const shape = node("Shape", [port]);
    products.set(name, node("Div", [node("Gather", [shape, integers([axis])]), integers([multiple])]));
  }
  const sumOf = (numbers: readonly SizePolynomial[]): string => {
    const monomials = new Set(numbers.flatMap((number) => [...number.keys()]));
    const terms = [...monomials].flatMap((monomial) => {
      const factors = numbers.map((number) => number.get(monomial) ?? 0);
      if (factors.every((factor) => factor === 0)) return [];
      const constant = integers(factors);
      return monomial === "" ? [constant] : [node("Mul", [productOf(monomial), constant])];
    });
    return terms.reduce((a, b) => node("Add", [a, b]));
  };
  const give = (from: string, name: string, dtype: Whole) =>
    dtype === "int64" ? node("Identity", [from], name) : node("Cast", [from], name, { to: 6 });
  return {
    nodes,
    initializers,
    list: (name, dtype, numbers) => void give(sumOf(numbers), name, dtype),
    steps(name, dtype, { start, step, count }) {
      const end = new Map([...count].map(([monomial, factor]) => [monomial, factor * step]));
      end.set("", (end.get("") ?? 0) + start);
      const limit = node("Squeeze", [sumOf([end]), integers([0])]);
      give(node("Range", [integers([start], []), limit, integers([step], [])]), name, dtype);
    },
  };
}

/** An axis of an input that is a multiple of a size. */
function sourceOf(inputs: readonly OpenPort[], size: string) {
  for (const { name: port, shape } of inputs) {
    for (const [axis, polynomial] of shape.entries()) {
      const multiple = polynomial.get(size) ?? 0;
      const rest = new Map([...polynomial].filter(([monomial]) => monomial !== size));
      if (multiple > 0 && constantOf(rest) === 0) return { port, axis, multiple };
    }
  }
  throw new NacreError("shape", {
    found: `an open size "${size}" that no input shows`,
    expected: "an axis of an input that is a multiple of it",
  });
}
