/** Reads protobuf's wire format, as its specification has it. */

export type Field = { field: number; wire: number; value: bigint; bytes: Uint8Array };

/** The fields of one message, in order; wire types 0 (varint), 2 (length-delimited) and 5 (32 bits). */
export function readFields(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    const value = wire === 5 ? 4n : varint();
    const end = wire === 0 ? at : at + Number(value);
    fields.push({ field: key >> 3, wire, value, bytes: message.subarray(at, end) });
    at = end;
  }
  return fields;
}

/** The nested messages under one field number. */
export const nested = (message: Uint8Array, field: number): Uint8Array[] =>
  readFields(message).flatMap((each) => (each.field === field ? [each.bytes] : []));

const text = (bytes: Uint8Array | undefined) => String.fromCharCode(...(bytes ?? []));

/** What a model holds, by the field numbers of onnx.proto. */
export function readModel(bytes: Uint8Array) {
  const [graph] = nested(bytes, 7);
  const opset = readFields(nested(bytes, 8)[0]!).find(({ field }) => field === 2)!.value;
  return {
    opset: Number(opset),
    nodes: nested(graph!, 1).map((node) => ({
      type: text(nested(node, 4)[0]),
      inputs: nested(node, 1).map(text),
      outputs: nested(node, 2).map(text),
    })),
    initializers: nested(graph!, 5).map((each) => ({
      name: text(nested(each, 8)[0]),
      raw: nested(each, 9)[0]!,
    })),
  };
}
