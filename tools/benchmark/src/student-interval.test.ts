import { expect, test } from "vitest";
import { studentInterval, studentQuantile } from "./student-interval.js";

test.each([
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [4, 2.776],
  [9, 2.262],
  [30, 2.042],
  [1000, 1.962],
])("Student's t of %i degrees of freedom is the tables' %f", (freedom, wanted) => {
  expect(studentQuantile(freedom)).toBeCloseTo(wanted, 3);
});

test("the interval is the mean and t standard errors, and one value has none", () => {
  const { mean, low, high, count } = studentInterval([1, 2, 3, Number.NaN]);
  expect([mean, count]).toEqual([2, 3]);
  expect(high - mean).toBeCloseTo(4.3027 / Math.sqrt(3), 4);
  expect(mean - low).toBeCloseTo(high - mean, 12);
  expect(studentInterval([5])).toEqual({ mean: 5, low: Number.NaN, high: Number.NaN, count: 1 });
});
