import { assert } from "@nacre/errors";
import { add } from "./ops/elementwise.js";
import { fill } from "./ops/source.js";
import { type Node, sameShape, shapeError, type Tensor } from "./tensor.js";
import { nodesInOrder } from "./walk.js";

/**
 * Reverse-mode differentiation: tensors that compute sum_i <cotangents_i, d outputs_i / d wrt_j>.
 *
 * outputs     any float tensors
 * cotangents  one per output, of its shape
 * wrt         any tensors of the graph, also inner ones
 * returns     one tensor per wrt, of its shape; zeros where no path leads to it
 * throws      NacreError "shape" when a cotangent is missing or not a float32 of its output's shape
 */
export function gradients(
  outputs: readonly Tensor[],
  cotangents: readonly Tensor[],
  wrt: readonly Tensor[],
): Tensor[] {
  checkCotangents(outputs, cotangents);
  const order = nodesInOrder(outputs);
  const reached = dependents(order, wrt);
  const totals = new Map<Node, (Tensor | undefined)[]>();
  const accumulate = (to: Tensor, value: Tensor) => {
    assert(sameShape(to.shape, value.shape), `a cotangent of [${value.shape}] fits [${to.shape}]`);
    const slots = totals.get(to.node) ?? [];
    totals.set(to.node, slots);
    const before = slots[to.output];
    slots[to.output] = before ? add(before, value) : value;
  };
  outputs.forEach((output, i) => {
    accumulate(output, cotangents[i]!);
  });
  for (const node of order.toReversed()) {
    const slots = totals.get(node);
    if (!slots || node.pullback === "none" || !reached.has(node)) continue;
    const back = node.pullback(node.outputs.map((_, output) => slots[output]));
    node.inputs.forEach((input, i) => {
      const value = back[i];
      if (value && reached.has(input.node)) accumulate(input, value);
    });
  }
  return wrt.map((tensor) => totals.get(tensor.node)?.[tensor.output] ?? fill(0, tensor.shape));
}

/** Gradients of a scalar. throws NacreError "shape" when `loss` has more than one element */
export function gradient(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.some((size) => size !== 1)) throw shapeError("gradient", [loss], "a loss of one element");
  return gradients([loss], [fill(1, loss.shape)], wrt);
}

function checkCotangents(outputs: readonly Tensor[], cotangents: readonly Tensor[]): void {
  const given = [...outputs, ...cotangents];
  if (outputs.length !== cotangents.length) throw shapeError("gradients", given, "a cotangent per output");
  if (given.some(({ dtype }) => dtype !== "float32")) throw shapeError("gradients", given, "float32");
  outputs.forEach((output, i) => {
    if (!sameShape(output.shape, cotangents[i]!.shape)) {
      throw shapeError("gradients", [output, cotangents[i]!], "a cotangent of the output's shape");
    }
  });
}

function dependents(order: readonly Node[], wrt: readonly Tensor[]): Set<Node> {
  const reached = new Set(wrt.map(({ node }) => node));
  for (const node of order) {
    if (node.inputs.some((input) => reached.has(input.node))) reached.add(node);
  }
  return reached;
}
