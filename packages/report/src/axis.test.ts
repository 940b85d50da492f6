import { expect, test } from "vitest";
import { logTicks, ticks, ticksBetween } from "./axis.js";
import { decimal } from "./html.js";

test("ticks are round, few enough, and keep clear of the end of an axis", () => {
  expect(ticks(12, 4)).toEqual([0, 5, 10]);
  expect(ticks(0.2, 5)).toEqual([0, 0.05, 0.1, 0.15]);
  for (const end of [0.013, 1, 7.3, 96, 4410]) {
    const found = ticks(end, 6);
    expect(found.length).toBeLessThanOrEqual(7);
    expect(found.at(-1)).toBeLessThan(end);
  }
});

test("ticks between two values lie between them, negative ones too", () => {
  expect(ticksBetween(-6.6, 33, 5)).toEqual([0, 10, 20, 30]);
  expect(ticksBetween(-0.31, 0.52, 5)).toEqual([-0.2, 0, 0.2, 0.4]);
  expect(ticksBetween(3, 3, 5)).toEqual([3]);
});

test("ticks of a log axis are 1, 2 and 5 of each decade, and finer where these are fewer than three", () => {
  expect(logTicks(0.08, 1.6)).toEqual([0.1, 0.2, 0.5, 1]);
  expect(logTicks(1.4, 7.2)).toEqual([1.5, 2, 3, 5, 7]);
});

test("a number that rounds to 0 has no sign, and others have a true minus", () => {
  expect([decimal(-0.001, 2), decimal(-0.01, 2), decimal(0, 1), decimal(null, 2)]).toEqual([
    "0.00",
    "−0.01",
    "0.0",
    "–",
  ]);
});
