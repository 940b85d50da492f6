import type { StoredTensor } from "@nacre/codec";
import { type Attribute, type DType, inputName, type ModelParts, modelNodes, opset } from "@nacre/graph";

/** A graph as JSON: operators by their standard ONNX names, in the order in which they can run. */
export type NodeList = {
  opset: number;
  inputs: ListedTensor[];
  outputs: ListedTensor[];
  /** Element types of the constants, by name; their values lie in a file beside. */
  constants: Record<string, DType>;
  nodes: ListedNode[];
};

/** A tensor's name, element type and shape; all shapes are static. */
export type ListedTensor = { name: string; dtype: DType; shape: readonly number[] };

/** One operator; inputs and outputs by name, "" for an absent optional input. */
export type ListedNode = {
  type: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Record<string, ListedAttribute>;
};

type ListedAttribute = number | string | readonly number[];

/** The node list of a graph, and the values of its constants (bool as bytes). */
export function nodeListOf(parts: ModelParts): { list: NodeList; constants: Record<string, StoredTensor> } {
  const { nodes, initializers } = modelNodes(parts);
  const list: NodeList = {
    opset,
    inputs: parts.inputs.map((tensor) => listed(inputName(tensor), tensor)),
    outputs: Object.entries(parts.outputs).map(([name, tensor]) => listed(name, tensor)),
    constants: Object.fromEntries(initializers.map(({ name, dtype }) => [name, dtype])),
    nodes: nodes.map(({ type, inputs, outputs, attributes }) => ({
      type,
      inputs,
      outputs,
      attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plain(value)])),
    })),
  };
  const constants = initializers.map(({ name, shape, data }) => [name, { shape, data }]);
  return { list, constants: Object.fromEntries(constants) };
}

function listed(name: string, { dtype, shape }: { dtype: DType; shape: readonly number[] }): ListedTensor {
  return { name, dtype, shape };
}

// Whole numbers and floats look alike here; each operator knows what its attributes are.
function plain(value: Attribute): ListedAttribute {
  return typeof value === "object" && "float" in value ? value.float : value;
}
