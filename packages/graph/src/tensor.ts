import { NacreError } from "@nacre/errors";
import type { Emitter } from "./onnx/emitter.js";
import type { Samples } from "./sample.js";

/** Element types that a graph computes with. */
export type DType = "float32" | "int32" | "int64" | "bool";

/** Sizes of a tensor, outermost axis first; all static. */
export type Shape = readonly number[];

/** What is known of a value before it exists. */
export type TensorType = { readonly dtype: DType; readonly shape: Shape };

/** A symbolic, immutable value: one output of a node. */
export type Tensor = TensorType & { readonly node: Node; readonly output: number };

/** One application of an op. A graph is nothing but nodes that point at their inputs. */
export type Node = {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: object;
  readonly outputs: readonly Tensor[];
  /** Writes this node as ONNX; gets the names of its inputs, returns those of its outputs. */
  emit(emitter: Emitter, inputs: readonly string[]): readonly string[];
  /** Cotangents of the outputs (undefined: none reached it) to those of the inputs. */
  readonly pullback: "none" | ((cotangents: readonly (Tensor | undefined)[]) => (Tensor | undefined)[]);
};

/** What an op sees of the node that it is applied in. */
export type NodeView<A> = {
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly outputs: readonly Tensor[];
};

/**
 * One op, complete: its shape rule, its emission and its gradient.
 *
 * name      unique; the evaluator of the tests and error messages go by it
 * samples   uses that the tests run; the compiler asks for one, so no op goes untested
 * infer     types of the outputs; throws NacreError "shape" when the inputs do not fit
 * emit      ONNX nodes; returns the names of the outputs
 * gradient  vector-Jacobian products in terms of other ops, or "none" where no gradient flows
 */
export type Op<A extends object> = {
  readonly name: string;
  readonly samples: Samples<A>;
  infer(inputs: readonly Tensor[], attributes: A): readonly TensorType[];
  emit(emitter: Emitter, inputs: readonly string[], node: NodeView<A>): readonly string[];
  readonly gradient:
    | "none"
    | ((node: NodeView<A>, cotangents: readonly (Tensor | undefined)[]) => (Tensor | undefined)[]);
};

/** Applies an op; returns all outputs. */
export function applyAll<A extends object>(
  op: Op<A>,
  inputs: readonly Tensor[],
  attributes: A,
): readonly Tensor[] {
  const types = op.infer(inputs, attributes);
  const outputs: Tensor[] = [];
  const view: NodeView<A> = { inputs, attributes, outputs };
  const { gradient } = op;
  const node: Node = {
    op: op.name,
    inputs,
    attributes,
    outputs,
    emit: (emitter, names) => op.emit(emitter, names, view),
    pullback: gradient === "none" ? "none" : (cotangents) => gradient(view, cotangents),
  };
  types.forEach(({ dtype, shape }, output) => {
    checkShape(op.name, inputs, shape);
    outputs.push({ dtype, shape, node, output });
  });
  return outputs;
}

/** Applies an op that has one output. */
export function apply<A extends object>(op: Op<A>, inputs: readonly Tensor[], attributes: A): Tensor {
  return applyAll(op, inputs, attributes)[0]!;
}

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** True when two shapes are the same, axis by axis. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** How a tensor is named in messages: float32[8, 75, 192]. */
export function show({ dtype, shape }: TensorType): string {
  return `${dtype}[${shape.join(", ")}]`;
}

/** The error of every shape rule. */
export function shapeError(op: string, inputs: readonly TensorType[], expected: string): NacreError {
  return new NacreError("shape", {
    found: `${op}(${inputs.map(show).join(", ")})`,
    expected,
    mend: "check the sizes where the graph is built",
  });
}

/** An axis counted from the front; negative ones count from the back. */
export function axisOf(op: string, input: TensorType, axis: number): number {
  const found = axis < 0 ? axis + input.shape.length : axis;
  if (!Number.isInteger(axis) || found < 0 || found >= input.shape.length) {
    throw shapeError(op, [input], `an axis of this tensor instead of ${axis}`);
  }
  return found;
}

/** Throws unless all inputs are of one type. */
export function requireType(op: string, inputs: readonly Tensor[], ...allowed: DType[]): void {
  requireTypeOf(op, inputs, inputs, ...allowed);
}

/** Throws unless these of the inputs are of one type. */
export function requireTypeOf(
  op: string,
  inputs: readonly Tensor[],
  some: readonly Tensor[],
  ...allowed: DType[]
): void {
  const first = some[0]!.dtype;
  if (allowed.includes(first) && some.every(({ dtype }) => dtype === first)) return;
  const which = some.length < inputs.length ? `${some.map(show).join(" and ")} to be` : "inputs";
  throw shapeError(op, inputs, `${which} of one type out of ${allowed.join(", ")}`);
}

/** The shape two tensors broadcast to, numpy's rule; an error shows `inputs`. */
export function broadcastShape(
  op: string,
  a: TensorType,
  b: TensorType,
  inputs: readonly TensorType[] = [a, b],
): Shape {
  const rank = Math.max(a.shape.length, b.shape.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a.shape[axis - rank + a.shape.length] ?? 1;
    const right = b.shape[axis - rank + b.shape.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) throw shapeError(op, inputs, "shapes that broadcast");
    return left === 1 ? right : left;
  });
}

function checkShape(op: string, inputs: readonly TensorType[], shape: Shape): void {
  if (shape.every((size) => Number.isSafeInteger(size) && size >= 1)) return;
  throw shapeError(op, inputs, `whole sizes of at least 1 instead of a result of [${shape.join(", ")}]`);
}
