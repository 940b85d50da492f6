import { expect, test } from "vitest";
import { cosinePatches } from "./index.js";

test("functions of all orders are orthonormal", () => {
  for (const size of [2, 4, 8]) {
    const rows = cosinePatches(size, 3 * size * size);
    expect(rows.length).toBe(3 * size * size);
    for (const [i, a] of rows.entries()) {
      for (const [j, b] of rows.entries()) {
        expect(a.reduce((sum, x, at) => sum + x * b[at]!, 0)).toBeCloseTo(i === j ? 1 : 0, 10);
      }
    }
  }
});

test("a grey patch is the first function alone, a ramp of luma the next ones, and few are a prefix of many", () => {
  const rows = cosinePatches(16, 192);
  const grey = rows.map((row) => row.reduce((sum, x) => sum + x, 0));
  expect(grey[0]).toBeCloseTo(Math.sqrt(3 * 256), 9);
  for (const each of grey.slice(1)) expect(each).toBeCloseTo(0, 9);
  const ramp = rows.map((row) => row.reduce((sum, x, at) => sum + x * (at % 16), 0));
  const largest = ramp.slice(1).reduce((best, x, at, all) => (x ** 2 > all[best]! ** 2 ? at : best), 0);
  expect(largest).toBeLessThan(2);
  expect(cosinePatches(16, 20)).toEqual(rows.slice(0, 20));
});
