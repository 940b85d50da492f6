import { expect, test } from "vitest";
import { meanInterval } from "./mean-interval.js";

test("the interval of equal values is the value, and the same seed gives the same interval", () => {
  expect(meanInterval([2, 2, 2])).toEqual({ mean: 2, low: 2, high: 2, count: 3 });
  expect(meanInterval([1, 5, 9, 2])).toEqual(meanInterval([1, 5, 9, 2]));
});

test("values that are not finite are left out and not counted", () => {
  expect(meanInterval([1, Number.NaN, 3, Number.POSITIVE_INFINITY])).toMatchObject({ mean: 2, count: 2 });
  expect(meanInterval([]).mean).toBeNaN();
});

test("of many even values the interval is that of the normal law", () => {
  const values = Array.from({ length: 400 }, (_, i) => (i + 0.5) / 400);
  const { mean, low, high } = meanInterval(values);
  const deviation = Math.sqrt(1 / 12 / 400);
  expect(mean).toBeCloseTo(0.5, 6);
  // 4000 draws know the ends of the interval to some 3 %.
  expect(Math.abs((high - low) / (2 * 1.96 * deviation) - 1)).toBeLessThan(0.08);
});
