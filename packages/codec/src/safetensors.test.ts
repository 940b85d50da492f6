import { expect, test } from "vitest";
import { codeOf, seededRandom } from "../test/tiny.js";
import { readSafetensors, type StoredTensor, writeSafetensors } from "./index.js";

/** A file by the letter of the format: eight bytes of header length, JSON, then the tensors' bytes. */
function byHand(header: unknown, body: Uint8Array, length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + body.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(body, 8 + json.length);
  return file;
}

test("tensors of every type, empty and scalar ones come back with shapes and metadata", () => {
  const tensors: Record<string, StoredTensor> = {
    floats: { shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-20, 0, -0, 6) },
    scalar: { shape: [], data: Float32Array.of(7) },
    empty: { shape: [0, 4], data: new Float32Array(0) },
    integers: { shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) },
    long: { shape: [1], data: BigInt64Array.of(-(2n ** 62n)) },
    bytes: { shape: [3], data: Uint8Array.of(0, 1, 255) },
  };
  const found = readSafetensors(writeSafetensors(tensors, { metadata: { seed: "7" } }));
  expect(found.tensors).toEqual(tensors);
  expect(found.metadata).toEqual({ seed: "7" });
});

test("the bytes are those of the format, header padded with spaces to eight", () => {
  const file = writeSafetensors({ a: { shape: [2], data: Float32Array.of(1, -2) } });
  const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  expect(Buffer.from(file).toString("latin1")).toBe(
    `8\0\0\0\0\0\0\0${header}  ${Buffer.from(Float32Array.of(1, -2).buffer).toString("latin1")}`,
  );
});

test("a file made by hand is read, wherever its bytes lie in memory", () => {
  const header = {
    __metadata__: { format: "pt" },
    b: { dtype: "I32", shape: [1], data_offsets: [4, 8] },
    h: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
  };
  const file = byHand(header, Uint8Array.of(0x00, 0x3c, 0x01, 0x80, 5, 0, 0, 0));
  const { tensors, metadata } = readSafetensors(Buffer.concat([Buffer.alloc(3), file]).subarray(3));
  expect(tensors.h!.data).toEqual(Float32Array.of(1, -(2 ** -24)));
  expect(tensors.b!.data).toEqual(Int32Array.of(5));
  expect(metadata).toEqual({ format: "pt" });
});

test("halves written and read again are what was written", () => {
  const random = seededRandom(3);
  const data = Float32Array.from(
    { length: 500 },
    () => (random() - 0.5) * 10 ** Math.floor(6 * random() - 5),
  );
  const once = readSafetensors(writeSafetensors({ x: { shape: [500], data } }, { bits: 16 })).tensors.x!;
  for (const [at, value] of (once.data as Float32Array).entries()) {
    expect(Math.abs(value - data[at]!)).toBeLessThanOrEqual(
      Math.max(Math.abs(data[at]!) * 2 ** -11, 2 ** -25),
    );
  }
  const twice = readSafetensors(writeSafetensors({ x: once }, { bits: 16 })).tensors.x!;
  expect(twice).toEqual(once);
});

const entry = (change: object) => ({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...change } });
const body = new Uint8Array(16);
test.each<[string, Uint8Array]>([
  ["fewer than eight bytes", new Uint8Array(7)],
  ["a header of 2^63 bytes", byHand(entry({}), body, 2n ** 63n)],
  ["a header beyond the end", byHand(entry({}), body, 10_000n)],
  ["no JSON", byHand("{a", body)],
  ["a list", byHand("[1]", body)],
  ["null", byHand("null", body)],
  ["a tensor that is null", byHand({ a: null }, body)],
  ["an unknown type", byHand(entry({ dtype: "F8" }), body)],
  ["a type that every object has", byHand(entry({ dtype: "toString" }), body)],
  ["a negative size", byHand(entry({ shape: [-2] }), body)],
  ["a size that is no number", byHand(entry({ shape: ["2"] }), body)],
  ["a shape of 2^104 values", byHand(entry({ shape: [2 ** 52, 2 ** 52] }), body)],
  ["an end beyond the file", byHand(entry({ shape: [200], data_offsets: [0, 800] }), body)],
  ["an end before the beginning", byHand(entry({ data_offsets: [8, 0] }), body)],
  ["three offsets", byHand(entry({ data_offsets: [0, 8, 16] }), body)],
  ["a shape that does not fill its bytes", byHand(entry({ shape: [3] }), body)],
  ["metadata that are no texts", byHand({ __metadata__: { a: 1 } }, body)],
  [
    "a thousand tensors over the same bytes",
    byHand(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`t${i}`, entry({}).a])), body),
  ],
])("%s is refused as model", async (_, file) => {
  expect(await codeOf(() => readSafetensors(file))).toBe("model");
});

test("a tensor may have any name", () => {
  const file = byHand('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', Uint8Array.of(9));
  expect(Object.keys(readSafetensors(file).tensors)).toEqual(["__proto__"]);
});
