import { assert } from "@nacre/errors";

/** Writes protobuf's wire format: just what ONNX needs. */
export type ProtobufWriter = {
  /** A varint field; negative values as 64-bit two's complement. */
  integer(field: number, value: number | bigint): void;
  float(field: number, value: number): void;
  text(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  /** A nested message. */
  message(field: number, fill: (writer: ProtobufWriter) => void): void;
  finish(): Uint8Array;
};

export function protobufWriter(): ProtobufWriter {
  const parts: Uint8Array[] = [];
  let small: number[] = [];

  function varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest >= 128n) {
      small.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    small.push(Number(rest));
  }
  const key = (field: number, wire: number) => varint(BigInt(field * 8 + wire));
  function bytes(field: number, value: Uint8Array): void {
    key(field, 2);
    varint(BigInt(value.length));
    parts.push(Uint8Array.from(small), value);
    small = [];
  }
  function finish(): Uint8Array {
    parts.push(Uint8Array.from(small));
    small = [];
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
  return {
    integer(field, value) {
      key(field, 0);
      varint(BigInt(value));
    },
    float(field, value) {
      key(field, 5);
      small.push(...new Uint8Array(Float32Array.of(value).buffer));
    },
    text: (field, value) => bytes(field, asciiBytes(value)),
    bytes,
    message(field, fill) {
      const inner = protobufWriter();
      fill(inner);
      bytes(field, inner.finish());
    },
    finish,
  };
}

/** Bytes of a name; ONNX names that we write are plain ASCII. */
function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    assert(code < 128, `"${text}" is an ASCII name`);
    return code;
  });
}
