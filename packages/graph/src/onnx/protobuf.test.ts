import { describe, expect, test } from "vitest";
import { readFields } from "../../test/protobuf.js";
import { type ProtobufWriter, protobufWriter } from "./protobuf.js";

function written(fill: (writer: ProtobufWriter) => void): string {
  const writer = protobufWriter();
  fill(writer);
  return [...writer.finish()].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

describe("a varint", () => {
  // 150 is the example of protobuf's own documentation; the others follow from seven bits a byte.
  test.each<[number | bigint, string]>([
    [0, "08 00"],
    [127, "08 7f"],
    [128, "08 80 01"],
    [150, "08 96 01"],
    [2 ** 31 - 1, "08 ff ff ff ff 07"],
    [2 ** 31, "08 80 80 80 80 08"],
    [2 ** 32, "08 80 80 80 80 10"],
    [Number.MAX_SAFE_INTEGER, "08 ff ff ff ff ff ff ff 0f"],
    [2n ** 63n - 1n, "08 ff ff ff ff ff ff ff ff 7f"],
    [-1, "08 ff ff ff ff ff ff ff ff ff 01"],
    [-(2 ** 31), "08 80 80 80 80 f8 ff ff ff ff 01"],
    [-(2n ** 63n), "08 80 80 80 80 80 80 80 80 80 01"],
  ])("of %s takes the known bytes", (value, bytes) => {
    expect(written((writer) => writer.integer(1, value))).toBe(bytes);
  });

  test("of a field above 15 has a key of two bytes", () => {
    expect(written((writer) => writer.integer(20, 7))).toBe("a0 01 07");
  });
});

describe("the other kinds", () => {
  test("a float is its four bytes, least significant first", () => {
    expect(written((writer) => writer.float(2, 1.5))).toBe("15 00 00 c0 3f");
  });

  test("a text is its length and its characters", () => {
    expect(written((writer) => writer.text(2, "testing"))).toBe("12 07 74 65 73 74 69 6e 67");
    expect(written((writer) => writer.text(1, ""))).toBe("0a 00");
  });

  test("a nested message is a length and the message", () => {
    expect(written((writer) => writer.message(3, (inner) => inner.integer(1, 150)))).toBe("1a 03 08 96 01");
  });

  test("a nested message longer than 127 bytes has a length of two bytes", () => {
    const writer = protobufWriter();
    writer.message(1, (inner) => inner.bytes(2, new Uint8Array(300).fill(9)));
    const bytes = writer.finish();
    expect([...bytes.subarray(0, 6)]).toEqual([0x0a, 0xaf, 0x02, 0x12, 0xac, 0x02]);
    expect(bytes.length).toBe(6 + 300);
  });

  test("a text that is not ASCII is refused", () => {
    expect(() => written((writer) => writer.text(1, "é"))).toThrow();
  });
});

test("whatever is written reads back, in order", () => {
  const writer = protobufWriter();
  const values = Array.from({ length: 64 }, (_, bit) => 2n ** BigInt(bit) - 1n);
  for (const [i, value] of values.entries()) {
    writer.integer(i + 1, value);
    writer.bytes(100, new Uint8Array(i));
  }
  const fields = readFields(writer.finish());
  expect(fields.filter(({ wire }) => wire === 0).map(({ value }) => value)).toEqual(values);
  expect(fields.filter(({ wire }) => wire === 2).map(({ bytes }) => bytes.length)).toEqual([
    ...values.keys(),
  ]);
});
