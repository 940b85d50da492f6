import { expect, test } from "vitest";
import { codeOf, seededRandom } from "../test/tiny.js";
import { fromByteWeights, toByteWeights } from "./byte-weights.js";
import { readSafetensors, type StoredTensor, writeSafetensors } from "./index.js";

function normals(shape: number[], seed: number): StoredTensor & { data: Float32Array } {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { shape, data: Float32Array.from({ length: count }, normal) };
}

test("no weight is further off than half a scale, and the file is half of one of fp16", () => {
  const tensor = normals([64, 128], 1);
  const [bytes, halves] = ([8, 16] as const).map((bits) => writeSafetensors({ w: tensor }, { bits }));
  expect(bytes!.length).toBeLessThan(0.53 * halves!.length);
  const { w } = readSafetensors(bytes!).tensors;
  const { scale, bytes: stored } = toByteWeights(tensor)!;
  expect(w!.shape).toEqual([64, 128]);
  expect(stored.data.every((value) => Math.abs(Number(value)) <= 127)).toBe(true);
  const misses = tensor.data.map((value, at) => {
    const each = scale.data[scale.shape[0] === 64 ? Math.floor(at / 128) : at % 128] as number;
    return Math.abs((w!.data[at] as number) - value) / each;
  });
  expect(Math.max(...misses)).toBeLessThanOrEqual(0.5001);
});

test.each([
  { axis: 0, shape: [128, 8, 3, 3], form: [128, 1, 1, 1], loud: (at: number) => Math.floor(at / 72) },
  { axis: -1, shape: [64, 100], form: [1, 100], loud: (at: number) => at % 100 },
  {
    axis: "all but the last",
    shape: [4, 32, 64],
    form: [4, 32, 1],
    loud: (at: number) => Math.floor(at / 64),
  },
])("scales follow the axis along which weights differ: $axis", ({ shape, form, loud }) => {
  const tensor = normals(shape, 2);
  for (const at of tensor.data.keys()) tensor.data[at]! *= 2 ** -((loud(at) * 7) % 12);
  const found = toByteWeights(tensor)!;
  expect(found.scale.shape).toEqual(form);
  const back = fromByteWeights(found)!.data;
  const misses = tensor.data.map(
    (value, at) => Math.abs((back[at] as number) - value) * 2 ** ((loud(at) * 7) % 12),
  );
  expect(Math.max(...misses)).toBeLessThan(0.03);
});

test("what is written again keeps its bytes", () => {
  const first = writeSafetensors({ w: normals([64, 128], 3) }, { bits: 8 });
  expect(writeSafetensors(readSafetensors(first).tensors, { bits: 8 })).toEqual(first);
});

test("small tensors, vectors and those with few large weights among small ones keep fp16", () => {
  const spiky = normals([64, 128], 4);
  for (let at = 0; at < spiky.data.length; at += 61) spiky.data[at]! *= 12;
  const kept = { small: normals([8, 8], 5), vector: normals([8192], 6), spiky };
  for (const tensor of Object.values(kept)) expect(toByteWeights(tensor)).toBeUndefined();
  expect(writeSafetensors(kept, { bits: 8 })).toEqual(writeSafetensors(kept, { bits: 16 }));
});

test("weights beyond what a scale of fp16 reaches stay as they are", () => {
  const huge = normals([64, 128], 7);
  for (const at of huge.data.keys()) huge.data[at]! *= 1e8;
  expect(toByteWeights(huge)).toBeUndefined();
});

test("zeros stay zeros", () => {
  const zeros = { shape: [64, 64], data: new Float32Array(4096) };
  expect(fromByteWeights(toByteWeights(zeros)!)!.data).toEqual(zeros.data);
});

test("bytes without a scale stay bytes; a scale of another shape is refused", async () => {
  const bytes = { shape: [2, 2], data: Int8Array.of(1, -2, 3, -4) };
  expect(readSafetensors(writeSafetensors({ w: bytes })).tensors.w).toEqual(bytes);
  const odd = writeSafetensors({ w: bytes, "w.scale": { shape: [3], data: Float32Array.of(1, 2, 3) } });
  expect(await codeOf(() => readSafetensors(odd))).toBe("model");
  // A scale for each weight, and one along both outer axes: shapes that look alike and mean something else.
  for (const [shape, form] of [
    [
      [2, 2],
      [2, 2],
    ],
    [
      [2, 3, 2],
      [2, 1, 2],
    ],
    [[4], [4]],
  ] as const) {
    const count = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);
    const file = writeSafetensors({
      w: { shape, data: new Int8Array(count(shape)) },
      "w.scale": { shape: form, data: new Float32Array(count(form)) },
    });
    expect(await codeOf(() => readSafetensors(file)), form.join()).toBe("model");
  }
});
