/** A hand-written ONNX writer of thirty lines, so that these tests need no other room. */
type Field = Uint8Array | number | string;
export type Tensor = { name: string; type: number; shape: readonly (number | string)[] };
export type Node = { op: string; inputs: readonly string[]; outputs: readonly string[] };

/** Element types by their number in onnx.proto. */
export const FLOAT = 1;
export const INT32 = 6;
export const INT64 = 7;
export const BOOL = 9;
export const DOUBLE = 11;

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function message(...fields: readonly [number, Field][]): Uint8Array {
  const bytes = fields.flatMap(([number, value]) => {
    if (typeof value === "number") return [...varint(number * 8), ...varint(value)];
    const body = typeof value === "string" ? new TextEncoder().encode(value) : value;
    return [...varint(number * 8 + 2), ...varint(body.length), ...body];
  });
  return Uint8Array.from(bytes);
}

function port({ name, type, shape }: Tensor): Uint8Array {
  const sizes = shape.map(
    (size) => [1, message([typeof size === "number" ? 1 : 2, size])] as [number, Field],
  );
  return message([1, name], [2, message([1, message([1, type], [2, message(...sizes)])])]);
}

/** The bytes of a model: opset 21, no initializers, no attributes. */
export function onnx(
  inputs: readonly Tensor[],
  nodes: readonly Node[],
  outputs: readonly Tensor[],
): Uint8Array {
  const graph = message(
    ...nodes.map(
      ({ op, inputs, outputs }) =>
        [
          1,
          message(
            ...inputs.map((name) => [1, name] as [number, Field]),
            ...outputs.map((name) => [2, name] as [number, Field]),
            [4, op],
          ),
        ] as [number, Field],
    ),
    [2, "g"],
    ...inputs.map((input) => [11, port(input)] as [number, Field]),
    ...outputs.map((output) => [12, port(output)] as [number, Field]),
  );
  return message([1, 10], [7, graph], [8, message([2, 21])]);
}
