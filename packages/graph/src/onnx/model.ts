import { NacreError } from "@nacre/errors";
import { type DType, type Node, sizeOf, type Tensor } from "../tensor.js";
import { nodesInOrder } from "../walk.js";
import { type Attribute, createEmitter, type Emitter, type Initializer, type OnnxNode } from "./emitter.js";
import { type ProtobufWriter, protobufWriter } from "./protobuf.js";

/** The ONNX operator set that emitted models name. */
export const opset = 20;

const irVersion = 9;
const elementTypes: Record<DType, number> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** What `onnxModel` writes. */
export type ModelParts = {
  /** Name of the graph within the file. */
  name?: string;
  /** Made by `input()`; in this order. Inputs that nothing reads are allowed. */
  inputs: readonly Tensor[];
  outputs: Readonly<Record<string, Tensor>>;
};

/**
 * The ONNX file of a graph. Equal graphs give equal bytes.
 *
 * throws NacreError "shape" when a tensor reaches an input that is not in `inputs`, "option" when two
 *        inputs, or an input and an output, have one name
 */
export function onnxModel(parts: ModelParts): Uint8Array {
  const { name = "nacre", inputs, outputs } = parts;
  return writeModel(
    name,
    inputs.map((tensor) => ({ name: inputName(tensor), dtype: tensor.dtype, shape: tensor.shape })),
    Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    modelNodes(parts),
  );
}

/** A model's nodes in the order in which they can run, and its constants. */
export type ModelNodes = { nodes: readonly OnnxNode[]; initializers: readonly Initializer[] };

/**
 * The nodes of a graph as `onnxModel` writes them, for runners that read no ONNX files. Throws as it does.
 *
 * share  writes small equal constants once, as `onnxModel` does
 */
export function modelNodes(
  { inputs, outputs }: ModelParts,
  { share = true }: { share?: boolean } = {},
): ModelNodes {
  const emitter = createEmitter(publicNames(inputs, outputs), { share });
  const names = new Map<Node, readonly string[]>();
  for (const tensor of inputs) names.set(tensor.node, [inputName(tensor)]);
  for (const node of nodesInOrder(Object.values(outputs))) {
    if (names.has(node)) continue;
    if (node.op === "input") throw undeclared(node);
    names.set(
      node,
      node.emit(
        emitter,
        node.inputs.map((tensor) => names.get(tensor.node)![tensor.output]!),
      ),
    );
  }
  nameOutputs(emitter, outputs, (tensor) => names.get(tensor.node)![tensor.output]!);
  return { nodes: emitter.nodes, initializers: emitter.initializers };
}

function publicNames(inputs: readonly Tensor[], outputs: Readonly<Record<string, Tensor>>): Set<string> {
  const names = [...inputs.map(inputName), ...Object.keys(outputs)];
  const twice = names.find((each, i) => names.indexOf(each) < i);
  if (twice === undefined) return new Set(names);
  throw new NacreError("option", {
    found: `two inputs or outputs of a model named "${twice}"`,
    expected: "different names",
  });
}

/** The name an input was made with. */
export function inputName(tensor: Tensor): string {
  const { op, attributes } = tensor.node;
  if (op === "input" && "name" in attributes) return String(attributes.name);
  throw new NacreError("shape", {
    found: `${op} among a model's inputs`,
    expected: "tensors made by input()",
  });
}

// A trailing Identity would copy the tensor, so the producing node takes the public name itself
// wherever that is possible.
function nameOutputs(
  { nodes, node }: Emitter,
  outputs: Readonly<Record<string, Tensor>>,
  nameOf: (tensor: Tensor) => string,
): void {
  const produced = new Set(nodes.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  for (const [name, tensor] of Object.entries(outputs)) {
    const inner = nameOf(tensor);
    if (produced.has(inner) && !renamed.has(inner)) {
      renamed.set(inner, name);
    } else {
      node("Identity", [inner]);
      nodes.at(-1)!.outputs[0] = name;
    }
  }
  for (const each of nodes) {
    each.inputs = each.inputs.map((inner) => renamed.get(inner) ?? inner);
    each.outputs = each.outputs.map((inner) => renamed.get(inner) ?? inner);
  }
}

/** An input or output of a file; a text in its shape is the name of a size that is open. */
export type Port = { name: string; dtype: DType; shape: readonly (number | string)[] };

/** The file of nodes. Field numbers are those of onnx.proto (ModelProto, GraphProto, NodeProto, TensorProto). */
export function writeModel(
  name: string,
  inputs: readonly Port[],
  outputs: readonly Port[],
  { nodes, initializers }: ModelNodes,
): Uint8Array {
  const model = protobufWriter();
  model.integer(1, irVersion);
  model.text(2, "nacre");
  model.message(7, (graph) => {
    for (const each of nodes) graph.message(1, (writer) => writeNode(writer, each));
    graph.text(2, name);
    for (const each of initializers) graph.message(5, (writer) => writeInitializer(writer, each));
    for (const each of inputs) graph.message(11, (writer) => writePort(writer, each));
    for (const each of outputs) graph.message(12, (writer) => writePort(writer, each));
  });
  model.message(8, (writer) => {
    writer.text(1, "");
    writer.integer(2, opset);
  });
  return model.finish();
}

function writeNode(writer: ProtobufWriter, { type, inputs, outputs, attributes }: OnnxNode): void {
  for (const name of inputs) writer.text(1, name);
  for (const name of outputs) writer.text(2, name);
  writer.text(4, type);
  for (const [name, value] of Object.entries(attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, value));
  }
}

function writeAttribute(writer: ProtobufWriter, name: string, value: Attribute): void {
  writer.text(1, name);
  if (typeof value === "number") writer.integer(3, value);
  else if (typeof value === "string") writer.text(4, value);
  else if ("float" in value) writer.float(2, value.float);
  else for (const each of value) writer.integer(8, each);
  const kind = typeof value === "number" ? 2 : typeof value === "string" ? 3 : "float" in value ? 1 : 7;
  writer.integer(20, kind);
}

function writeInitializer(writer: ProtobufWriter, { name, dtype, shape, data }: Initializer): void {
  for (const size of shape) writer.integer(1, size);
  writer.integer(2, elementTypes[dtype]);
  writer.text(8, name);
  writer.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writePort(writer: ProtobufWriter, { name, dtype, shape }: Port): void {
  writer.text(1, name);
  writer.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.integer(1, elementTypes[dtype]);
      tensor.message(2, (dimensions) => {
        for (const size of shape)
          dimensions.message(1, (dimension) =>
            typeof size === "number" ? dimension.integer(1, size) : dimension.text(2, size),
          );
      });
    }),
  );
}

function undeclared(node: Node): NacreError {
  const [tensor] = node.outputs;
  return new NacreError("shape", {
    found: `input "${inputName(tensor!)}" (${sizeOf(tensor!.shape)} elements) that the model does not declare`,
    expected: "every input that an output depends on among `inputs`",
  });
}
