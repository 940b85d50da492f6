import { isNacreError } from "@nacre/errors";
import { describe, expect, test } from "vitest";
import { readModel } from "../../test/protobuf.js";
import { openModel } from "../../test/run.js";
import {
  add,
  concat,
  constant,
  gather,
  gradient,
  input,
  layerNorm,
  matmul,
  modelNodes,
  mul,
  onnxModel,
  opset,
  reshape,
  scalar,
  slice,
  sub,
  sum,
  type Tensor,
} from "../index.js";

const x = input("x", "float32", [2]);

/** A small step: a loss and its gradients, out of fresh tensors. */
function step(): Uint8Array {
  const rows = input("rows", "float32", [3, 40]);
  const w = input("w", "float32", [40, 40]);
  const ones = constant(Array<number>(40).fill(1), [40]);
  const loss = sum(layerNorm(matmul(rows, w), ones, ones));
  const [slopes] = gradient(loss, [w]);
  return onnxModel({ inputs: [rows, w], outputs: { loss, w_next: sub(w, mul(slopes!, 0.1)) } });
}

function failure(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (isNacreError(error)) return error;
    throw error;
  }
  return undefined;
}

describe("the file", () => {
  test("of x + x is these bytes, written out by hand from onnx.proto", () => {
    const tensor = "0a 01 78 12 0a 0a 08 08 01 12 04 0a 02 08 02"; // name, type { float32, shape { 2 } }
    const bytes = [
      "08 09 12 05 6e 61 63 72 65", // ir_version 9, producer "nacre"
      "3a 3a", // graph, 58 bytes
      "0a 0e 0a 01 78 0a 01 78 12 01 79 22 03 41 64 64", // node: x, x -> y, "Add"
      "12 06 64 6f 75 62 6c 65", // graph name "double"
      `5a 0f ${tensor}`, // input
      `62 0f ${tensor.replace("78", "79")}`, // output
      "42 04 0a 00 10 14", // opset_import: "", 20
    ].join(" ");
    const model = onnxModel({ name: "double", inputs: [x], outputs: { y: add(x, x) } });
    expect([...model].map((byte) => byte.toString(16).padStart(2, "0")).join(" ")).toBe(bytes);
  });

  test("names opset 20 and loads", async () => {
    expect(opset).toBeGreaterThanOrEqual(20);
    expect(readModel(step()).opset).toBe(opset);
    const session = await openModel(step());
    expect([session.inputNames, session.outputNames]).toEqual([
      ["rows", "w"],
      ["loss", "w_next"],
    ]);
    await session.release();
  });

  test("is the same, byte by byte, for a graph built twice", () => {
    expect(step()).toEqual(step());
  });

  test("holds the nodes and constants that modelNodes lists, in that order", () => {
    const parts = { inputs: [x], outputs: { y: add(sum(mul(x, 3)), 1), same: x } };
    const { nodes, initializers } = readModel(onnxModel(parts));
    const listed = modelNodes(parts);
    expect(listed.nodes.map(({ type, inputs, outputs }) => ({ type, inputs, outputs }))).toEqual(nodes);
    expect(listed.initializers.map(({ name }) => name)).toEqual(initializers.map(({ name }) => name));
  });

  test("holds only what the outputs depend on, each node once", () => {
    const shared = mul(x, x);
    sub(shared, 7);
    const { nodes } = readModel(onnxModel({ inputs: [x], outputs: { y: add(shared, mul(shared, shared)) } }));
    expect(nodes.map(({ type }) => type)).toEqual(["Mul", "Mul", "Add"]);
  });
});

describe("constants", () => {
  const initializers = (y: Tensor) => readModel(onnxModel({ inputs: [x], outputs: { y } })).initializers;

  test("that are small and equal are written once", () => {
    expect(initializers(add(mul(x, 0.5), mul(scalar(0.5), x)))).toHaveLength(1);
    expect(initializers(reshape(reshape(reshape(x, [2, 1]), [1, 2]), [2, 1]))).toHaveLength(2);
  });

  test("that differ in sign of zero, in type or in shape are not one", () => {
    expect(initializers(add(mul(x, 0), mul(x, -0)))).toHaveLength(2);
    expect(initializers(add(mul(x, 1), mul(x, constant([1], [1]))))).toHaveLength(2);
    const tables = [gather(x, constant([1], [1], "int32"), 0), gather(x, constant([1], [1], "int64"), 0)];
    expect(initializers(concat(tables, 0))).toHaveLength(2);
  });

  test("that are large are written once per tensor, as little-endian bytes", () => {
    const counts = Array.from({ length: 40 }, (_, i) => i);
    const large = constant(counts, [40]);
    const [only, ...others] = initializers(add(sum(large), mul(large, slice(large, 0, 0, 1)))).filter(
      ({ raw }) => raw.length === 160,
    );
    expect(others).toEqual([]);
    const view = new DataView(only!.raw.buffer, only!.raw.byteOffset);
    expect(Array.from({ length: 40 }, (_, i) => view.getFloat32(4 * i, true))).toEqual(counts);
  });
});

describe("names", () => {
  test("of outputs are those of the nodes that make them, without a copy", () => {
    const { nodes } = readModel(onnxModel({ inputs: [x], outputs: { y: add(x, x) } }));
    expect(nodes).toEqual([{ type: "Add", inputs: ["x", "x"], outputs: ["y"] }]);
  });

  test("of an input, a constant or a second output come from copies, and the model loads", async () => {
    const y = add(x, x);
    const bytes = onnxModel({ inputs: [x], outputs: { same: x, one: scalar(1), y, again: y } });
    const copies = readModel(bytes).nodes.filter(({ type }) => type === "Identity");
    expect(copies.map(({ outputs }) => outputs[0])).toEqual(["same", "one", "again"]);
    await (await openModel(bytes)).release();
  });

  test("that look like inner ones are avoided by those", async () => {
    const [t0, c0] = [input("t0", "float32", [2]), input("c0", "float32", [2])];
    const bytes = onnxModel({ inputs: [t0, c0], outputs: { t1: add(mul(mul(t0, c0), 2), mul(c0, 3)) } });
    const session = await openModel(bytes);
    await session.release();
    const { nodes } = readModel(bytes);
    expect(new Set(nodes.flatMap(({ outputs }) => outputs)).size).toBe(nodes.length);
  });

  test("of inputs that nothing reads are kept", async () => {
    const session = await openModel(
      onnxModel({ inputs: [x, input("idle", "int64", [])], outputs: { y: add(x, 1) } }),
    );
    expect(session.inputNames).toEqual(["x", "idle"]);
    await session.release();
  });

  test.each<[string, () => unknown, string]>([
    ["an input that is not declared", () => onnxModel({ inputs: [], outputs: { y: add(x, x) } }), "shape"],
    ["a computed tensor among the inputs", () => onnxModel({ inputs: [add(x, x)], outputs: {} }), "shape"],
    [
      "two inputs of one name",
      () => onnxModel({ inputs: [x, input("x", "float32", [1])], outputs: {} }),
      "option",
    ],
    ["an output named like an input", () => onnxModel({ inputs: [x], outputs: { x: add(x, x) } }), "option"],
  ])("%s is refused", (_, action, code) => {
    expect(failure(action)?.code).toBe(code);
  });
});
