import { expect, test } from "vitest";
import { frameTimes } from "./frame-times.js";

const ticks = (count: number, pace: number) => Array.from({ length: count }, (_, n) => Math.round(n * pace));

test("equal steps are a rate, to the tick and in lowest terms", () => {
  expect(frameTimes(ticks(40, 512), 512, 12_288)).toEqual({ rate: { numerator: 24, denominator: 1 } });
  expect(frameTimes(ticks(120, 1001), 1001, 30_000)).toEqual({
    rate: { numerator: 30_000, denominator: 1001 },
  });
  expect(frameTimes([7, 2512], 2505, 90_000)).toEqual({ rate: { numerator: 6000, denominator: 167 } });
  expect(frameTimes([0], 40, 1000)).toEqual({ rate: { numerator: 25, denominator: 1 } });
});

test.each([
  [24_000, 1001],
  [30_000, 1001],
  [60, 1],
  [24, 1],
])("a rate of %i/%i in whole milliseconds is found again", (numerator, denominator) => {
  const found = frameTimes(ticks(500, (1000 * denominator) / numerator), 0, 1000);
  expect(found).toEqual({ rate: { numerator, denominator } });
});

test("frames that are not shown equally long keep the file's own clock", () => {
  expect(frameTimes([0, 40, 80, 500], 40, 1000)).toEqual({ clock: 1000 });
  expect(frameTimes([0], 0, 600)).toEqual({ rate: { numerator: 24, denominator: 1 } });
});
