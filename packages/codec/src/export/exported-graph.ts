import { isNacreError } from "@nacre/errors";
import { inputName, type ModelParts, onnxModel, openSizesModel, type Sizes } from "@nacre/graph";

/** An input or output of an exported graph: its shape as people write it, and what it holds. */
export type GraphPort = { name: string; dtype: string; shape: string; meaning: string };

/**
 * One ONNX file of a model.
 *
 * name   of the file, without ".onnx"
 * does   half a line
 * fixed  the sizes it was written for, where they could not be left open
 */
export type ExportedGraph = {
  name: string;
  does: string;
  bytes: Uint8Array;
  fixed?: Sizes;
  inputs: GraphPort[];
  outputs: GraphPort[];
};

/** How a graph is exported; `fixed` is taken where its sizes cannot be left open. */
export type GraphToExport = {
  name: string;
  does: string;
  least: Sizes;
  fixed: Sizes;
  build(sizes: Sizes): ModelParts;
  /** By the port's name: shape with open sizes, and what it holds. */
  ports: Readonly<Record<string, readonly [shape: string, meaning: string]>>;
};

/** Writes a graph, with open sizes where it allows that. */
export function exportGraph({ name, does, least, fixed, build, ports }: GraphToExport): ExportedGraph {
  const open = orNothing(() => openSizesModel({ name, least, build }));
  const parts = build(fixed);
  const inputs = parts.inputs.map((tensor) => [inputName(tensor), tensor] as const);
  const described = (tensors: readonly (readonly [string, ModelParts["inputs"][number]])[]) =>
    tensors.map(([port, { dtype, shape }]) => {
      const [openShape, meaning] = ports[port]!;
      return { name: port, dtype, shape: open ? openShape : `[${shape.join(", ")}]`, meaning };
    });
  return {
    name,
    does,
    bytes: open ?? onnxModel({ name, ...parts }),
    ...(open ? {} : { fixed }),
    inputs: described(inputs),
    outputs: described(Object.entries(parts.outputs)),
  };
}

// Other errors are faults of the graph itself.
function orNothing(write: () => Uint8Array): Uint8Array | undefined {
  try {
    return write();
  } catch (error) {
    if (isNacreError(error) && error.code === "shape") return undefined;
    throw error;
  }
}
