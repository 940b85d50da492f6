import { NacreError } from "@nacre/errors";
import { isPickle } from "../pickle.js";
import { type Field, protobufFields, protobufNumbers } from "./protobuf-fields.js";

/** Types of elements that codecs have at their doors; any other is a number of onnx.proto in words. */
export type OnnxType = "float32" | "int32" | "int64" | (string & {});

/** An input or output of an ONNX file; a size that is left open is undefined. */
export type OnnxPort = { name: string; type: OnnxType; shape: readonly (number | undefined)[] };

/** What an ONNX file takes and gives. */
export type OnnxPorts = { inputs: OnnxPort[]; outputs: OnnxPort[] };

/** Values of an input that is allowed to declare its sizes; 2^26 are 256 MiB of samples. */
const mostDeclared = 2 ** 26;

// TensorProto.DataType of onnx.proto: name, and bytes of an element where they are whole.
const types: Readonly<Record<number, readonly [name: OnnxType, bytes: number]>> = {
  1: ["float32", 4],
  2: ["uint8", 1],
  3: ["int8", 1],
  4: ["uint16", 2],
  5: ["int16", 2],
  6: ["int32", 4],
  7: ["int64", 8],
  9: ["bool", 1],
  10: ["float16", 2],
  11: ["float64", 8],
  12: ["uint32", 4],
  13: ["uint64", 8],
  16: ["bfloat16", 2],
};

/**
 * Reads what an ONNX file says of itself, before an engine does: its inputs (those that are no weights), its outputs,
 * and whether its weights are what they say.
 *
 * what    names the file in errors: "encoder"
 * throws  NacreError "model" for a pickle, a file that is cut or no ONNX, weights in another file, and sizes that the
 *         file does not hold or nobody could
 */
export function onnxPorts(file: Uint8Array, what: string): OnnxPorts {
  if (isPickle(file)) {
    throw new NacreError("model", {
      found: `the ${what} in a pickle, which can run any program when it is opened`,
      expected: "an ONNX file",
      mend: "export the network with torch.onnx.export where you trust it",
    });
  }
  const graphs = fieldsOf(file, what).filter(({ field }) => field === 7);
  if (graphs.length !== 1) throw notOnnx(what, `${graphs.length} graphs`);
  const parts = fieldsOf(graphs[0]!.bytes, what);
  const weights = new Set(
    parts.filter(({ field }) => field === 5).map(({ bytes }) => weightName(bytes, file.length, what)),
  );
  const ports = (number: number) =>
    parts.filter(({ field }) => field === number).map(({ bytes }) => portOf(bytes, what));
  const inputs = ports(11).filter(({ name }) => !weights.has(name));
  const outputs = ports(12);
  if (outputs.length === 0) throw notOnnx(what, "no output");
  for (const port of [...inputs, ...outputs]) refuseHuge(port, what);
  return { inputs, outputs };
}

/** How a port is named in messages: samples float32 [1, ?]. */
export function portText({ name, type, shape }: OnnxPort): string {
  return `${name} ${type} [${shape.map((size) => size ?? "?").join(", ")}]`;
}

function portOf(message: Uint8Array, what: string): OnnxPort {
  const fields = fieldsOf(message, what);
  const name = textOf(fields, 1);
  const tensor = inner(inner(fields, 2, what), 1, what);
  const number = Number(tensor.find(({ field }) => field === 1)?.value ?? 0n);
  const shape = inner(tensor, 2, what)
    .filter(({ field }) => field === 1)
    .map(({ bytes }) => {
      const size = fieldsOf(bytes, what).find(({ field }) => field === 1);
      return size && Number(BigInt.asIntN(64, size.value)) > 0 ? Number(size.value) : undefined;
    });
  return { name, type: types[number]?.[0] ?? `type ${number}`, shape };
}

function weightName(message: Uint8Array, fileBytes: number, what: string): string {
  const fields = fieldsOf(message, what);
  const name = textOf(fields, 8);
  if (fields.some(({ field, value }) => field === 13 || (field === 14 && value === 1n))) {
    throw new NacreError("model", {
      found: `the ${what} keeps its weights in another file`,
      expected: "one ONNX file that holds them",
      mend: "save it with onnx.save(model, path, save_as_external_data=False)",
    });
  }
  const sizes = fields
    .filter(({ field }) => field === 1)
    .flatMap(({ wire, value, bytes }) => (wire === 0 ? [value] : packed(bytes, what)));
  const count = sizes.reduce((product, size) => product * size, 1n);
  const width = types[Number(fields.find(({ field }) => field === 2)?.value ?? 0n)]?.[1];
  const raw = fields.find(({ field }) => field === 9);
  const short =
    raw && width ? count * BigInt(width) !== BigInt(raw.bytes.length) : count > 8n * BigInt(fileBytes);
  if (!short) return name;
  throw new NacreError("model", {
    found: `weights "${name}" of ${count} values in the ${what}, which does not hold them`,
    expected: "as many bytes as the sizes say",
    mend: "export it again",
  });
}

function refuseHuge(port: OnnxPort, what: string): void {
  const count = port.shape.reduce<number>((product, size) => product * (size ?? 1), 1);
  if (count <= mostDeclared) return;
  throw new NacreError("model", {
    found: `${portText(port)} in the ${what}`,
    expected: `at most ${mostDeclared} values`,
  });
}

function packed(bytes: Uint8Array, what: string): bigint[] {
  const values = protobufNumbers(bytes);
  if (values) return values;
  throw notOnnx(what, "a list that is cut");
}

function inner(fields: readonly Field[], number: number, what: string): Field[] {
  const found = fields.find(({ field }) => field === number);
  return found ? fieldsOf(found.bytes, what) : [];
}

function textOf(fields: readonly Field[], number: number): string {
  return new TextDecoder().decode(fields.find(({ field }) => field === number)?.bytes);
}

function fieldsOf(message: Uint8Array, what: string): Field[] {
  const fields = protobufFields(message);
  if (fields) return fields;
  throw notOnnx(what, "bytes that end too early or are no protobuf");
}

function notOnnx(what: string, found: string): NacreError {
  return new NacreError("model", {
    found: `a file for the ${what} with ${found}`,
    expected: "a whole ONNX file",
    mend: "export it again, or copy it again",
  });
}
