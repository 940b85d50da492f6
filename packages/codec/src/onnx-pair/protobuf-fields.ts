/**
 * One field of a protobuf message (Protocol Buffers, "Encoding").
 *
 * wire   0 a whole number, 1 and 5 fixed bytes, 2 bytes with their length
 * value  of wire 0
 * bytes  of the others, without a copy
 */
export type Field = { field: number; wire: number; value: bigint; bytes: Uint8Array };

const none = new Uint8Array(0);

/** The fields of a message in their order; undefined where it ends too early or is none. */
export function protobufFields(message: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | undefined => {
    const found = varintAt(message, at);
    if (found) at = found.next;
    return found?.value;
  };
  const take = (length: number): Uint8Array | undefined => {
    if (length > message.length - at) return undefined;
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = varint();
    if (key === undefined || key < 8n) return undefined;
    const wire = Number(key & 7n);
    const field = Number(key >> 3n);
    if (wire === 0) {
      const value = varint();
      if (value === undefined) return undefined;
      fields.push({ field, wire, value, bytes: none });
      continue;
    }
    const length = wire === 2 ? varint() : wire === 1 ? 8n : wire === 5 ? 4n : undefined;
    const bytes = length === undefined ? undefined : take(Number(length));
    if (!bytes) return undefined;
    fields.push({ field, wire, value: 0n, bytes });
  }
  return fields;
}

/** The whole numbers of a packed list; undefined where it is cut. */
export function protobufNumbers(list: Uint8Array): bigint[] | undefined {
  const values: bigint[] = [];
  for (let at = 0; at < list.length; ) {
    const found = varintAt(list, at);
    if (!found) return undefined;
    values.push(found.value);
    at = found.next;
  }
  return values;
}

function varintAt(bytes: Uint8Array, start: number): { value: bigint; next: number } | undefined {
  let value = 0n;
  for (let at = start; at < Math.min(bytes.length, start + 10); at++) {
    const byte = bytes[at]!;
    value |= BigInt(byte & 127) << BigInt(7 * (at - start));
    if (byte < 128) return { value, next: at + 1 };
  }
  return undefined;
}
