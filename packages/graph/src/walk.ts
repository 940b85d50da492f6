import type { Node, Tensor } from "./tensor.js";

/** All nodes that the given tensors depend on, each after its inputs; the order is deterministic. */
export function nodesInOrder(tensors: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, "open" | "done">();
  // An own stack: graphs of training steps are thousands of nodes deep.
  const stack = tensors.map(({ node }) => node).reverse();
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (state.get(node) === undefined) {
      state.set(node, "open");
      for (let i = node.inputs.length - 1; i >= 0; i--) {
        const below = node.inputs[i]!.node;
        if (!state.has(below)) stack.push(below);
      }
    } else {
      stack.pop();
      if (state.get(node) === "open") {
        state.set(node, "done");
        order.push(node);
      }
    }
  }
  return order;
}
