import { add, input, mul } from "@nacre/graph";
import { expect, test } from "vitest";
import { affine, distance, gelu, noise, norm, normalArray, run, runGraph, seededRandom } from "./index.js";

test("GELU is x times the normal distribution function, to twelve digits", () => {
  // Of tables of the normal distribution: P(1) = 0.841344746068543, P(2) = 0.977249868051821.
  expect(gelu(1)).toBeCloseTo(0.841344746068543, 12);
  expect(gelu(2)).toBeCloseTo(2 * 0.977249868051821, 12);
  expect(gelu(-1) + gelu(1)).toBeCloseTo(2 * 0.841344746068543 - 1, 12);
});

test("a normed row has mean 0 and variance 1, and an affine map is its sums", () => {
  const row = norm(Float64Array.of(1, 2, 6), Float32Array.of(1, 1, 1), Float32Array.of(0, 0, 0));
  expect(row.reduce((a, b) => a + b)).toBeCloseTo(0, 12);
  expect(row.reduce((sum, x) => sum + x * x, 0) / 3).toBeCloseTo(1, 6);
  expect([...affine([2, 3], Float32Array.of(1, 10, 100, 1000), Float32Array.of(0.5, 0))]).toEqual([
    302.5, 3020,
  ]);
});

test("numbers from a seed are the same everywhere, and as they are said to be", () => {
  expect([...noise(2)]).toEqual([
    Math.fround(1015568748 / 2 ** 31 - 1),
    Math.fround(1586005467 / 2 ** 31 - 1),
  ]);
  const random = seededRandom(3);
  const many = normalArray(random, 20_000);
  expect(many.reduce((a, b) => a + b) / many.length).toBeCloseTo(0, 1);
  expect(many.reduce((sum, x) => sum + x * x, 0) / many.length).toBeCloseTo(1, 1);
});

test("a distance sees other lengths and what is no number", () => {
  expect(distance([1, 2], [1, 5])).toBe(3);
  expect(distance([1], [1, 1])).toBe(Number.POSITIVE_INFINITY);
  expect(distance([Number.NaN], [0])).toBe(Number.POSITIVE_INFINITY);
});

test("a graph is run with what it is fed, several outputs by name", async () => {
  const x = input("x", "float32", [2]);
  const found = await runGraph(
    { x: { input: x, data: Float32Array.of(1, 4) } },
    { x: add(x, 1), y: mul(x, 2) },
  );
  expect([...(found.x as Float32Array), ...(found.y as Float32Array)]).toEqual([2, 5, 2, 8]);
  expect([...(await run([2], Float32Array.of(3, 5), (each) => mul(each, each)))]).toEqual([9, 25]);
});
