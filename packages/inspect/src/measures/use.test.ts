import { isNacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { seededRandom } from "../seeded-random.js";
import type { LayerCodes } from "../subject.js";
import { drift } from "./drift.js";
import { mostUsedCodes } from "./most-used.js";

const layer = (data: number[], alphabet: number, places = 1): LayerCodes[] => [
  {
    role: "content",
    grid: places === 1 ? [data.length] : [data.length / places, places],
    stride: places === 1 ? [1] : [1, 1],
    ...{ alphabet, data: Int32Array.from(data) },
  },
];

test("drift is 0 for the same use, 1 for none in common, and its closed form between", () => {
  const bits = (a: number[], b: number[]) => drift([layer(a, 4)], [layer(b, 4)])[0]!.bits;
  expect(bits([0, 1, 1, 2], [1, 2, 1, 0, 2, 1, 0, 1])).toBeCloseTo(0, 15);
  expect(bits([0, 0, 1], [2, 3])).toBeCloseTo(1, 15);
  const mixed = -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25));
  expect(bits([0, 0], [0, 1])).toBeCloseTo(mixed - 0.5, 15);
  expect(bits([], [0, 1])).toBeNaN();
});

test("two draws out of one distribution drift by what is expected of chance", () => {
  const random = seededRandom(5);
  const draw = (count: number) =>
    Array.from({ length: count }, () => Math.floor(16 * Math.min(random(), random())));
  const found = Array.from(
    { length: 200 },
    () => drift([layer(draw(2000), 16)], [layer(draw(5000), 16)])[0]!,
  );
  const mean = found.reduce((sum, { bits }) => sum + bits, 0) / found.length;
  expect(mean / found[0]!.expected).toBeGreaterThan(0.85);
  expect(mean / found[0]!.expected).toBeLessThan(1.15);
});

test("drift leaves out layers that one has not, and refuses codes of another alphabet", () => {
  const [a, b] = [layer([0, 1], 2), layer([0, 1], 3)];
  expect(drift([a, b], [a])).toHaveLength(1);
  let error: unknown;
  try {
    drift([a], [b]);
  } catch (caught) {
    error = caught;
  }
  expect(isNacreError(error) && error.code).toBe("shape");
});

test("the most used codes come first, lower ones first among equals, zeros of scalars aside", () => {
  expect(mostUsedCodes(layer([3, 1, 1, 2, 2, 0], 4), 3)).toEqual([
    { place: 0, code: 1, count: 2 },
    { place: 0, code: 2, count: 2 },
    { place: 0, code: 0, count: 1 },
  ]);
  const scalars = layer([1, 0, 1, 2, 0, 2, 1, 1], 3, 2);
  expect(mostUsedCodes(scalars, 9)).toEqual([
    { place: 1, code: 2, count: 2 },
    { place: 0, code: 0, count: 1 },
    { place: 1, code: 0, count: 1 },
  ]);
});
