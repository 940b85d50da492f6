import { readFileSync } from "node:fs";
import { isNacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { type BdOptions, bdPsnr, bdRate, type CurveFit, type RatePoint } from "./index.js";

type Sides = { rates: number[]; qualities: number[] };
type Figures = { rate: number; quality: number };
type Row = {
  anchor: Sides;
  test: Sides;
  within: Figures & { low: number; high: number; qualities: [number, number] };
} & Record<CurveFit, Figures>;
const vectors: { curves: Row[] } = JSON.parse(
  readFileSync(new URL("../test/vectors/curves.json", import.meta.url), "utf8"),
);
const pointsOf = ({ rates, qualities }: Sides): RatePoint[] =>
  rates.map((rate, i) => ({ rate, quality: qualities[i]! }));
const fits: CurveFit[] = ["cubic", "pchip"];

test.each(vectors.curves)("both fits of curve %# give what PyPI bjontegaard gives", (row) => {
  const [anchor, other] = [pointsOf(row.anchor), pointsOf(row.test)];
  for (const fit of fits) {
    expect(bdRate(anchor, other, { fit }).value).toBeCloseTo(row[fit].rate, 7);
    expect(bdPsnr(anchor, other, { fit }).value).toBeCloseTo(row[fit].quality, 9);
  }
});

test.each(vectors.curves)("curve %# cut at two rates gives what scipy's interpolator gives", (row) => {
  const { low, high, qualities, rate, quality } = row.within;
  const options: BdOptions = { rates: { low, high } };
  const found = bdRate(pointsOf(row.anchor), pointsOf(row.test), options);
  expect(found.value).toBeCloseTo(rate, 8);
  expect(found).toMatchObject({
    low: expect.closeTo(qualities[0], 9),
    high: expect.closeTo(qualities[1], 9),
  });
  expect(bdPsnr(pointsOf(row.anchor), pointsOf(row.test), options).value).toBeCloseTo(quality, 9);
});

// Rises by 6 dB or a little less with every doubling.
const curve: RatePoint[] = [0.1, 0.17, 0.3, 0.55, 0.9, 1.6].map((rate) => ({
  rate,
  quality: 40 + 18 * Math.log10(rate) - 2 * Math.log10(rate) ** 2,
}));

test.each(fits)("a %s curve at a constant factor in rate has exactly that BD-rate", (fit) => {
  for (const factor of [0.5, 0.97, 1, 1.3]) {
    const other = curve.map(({ rate, quality }) => ({ rate: rate * factor, quality }));
    const found = bdRate(curve, other, { fit });
    expect(found.value).toBeCloseTo(100 * (factor - 1), 9);
    expect(found).toMatchObject({ low: curve[0]!.quality, high: curve[5]!.quality, overlap: 1 });
  }
});

test.each(fits)(
  "a %s curve raised by a constant has exactly that BD-PSNR, also within an interval",
  (fit) => {
    const other = curve.map(({ rate, quality }) => ({ rate, quality: quality - 0.7 }));
    expect(bdPsnr(curve, other, { fit }).value).toBeCloseTo(-0.7, 9);
    const within = bdPsnr(curve, other, { fit, rates: { low: 0.15, high: 0.8 } });
    expect(within.value).toBeCloseTo(-0.7, 9);
    expect(within).toMatchObject({ low: expect.closeTo(0.15, 9), high: expect.closeTo(0.8, 9), overlap: 1 });
  },
);

test("a cubic in log rate is found again by the cubic fit from any number of points", () => {
  const cubic = (l: number) => 3 + 20 * l - 4 * l * l + 1.5 * l ** 3;
  const at = (logs: number[], lift: number) =>
    logs.map((l) => ({ rate: 10 ** l, quality: cubic(l) + lift * (1 + l) }));
  const anchor = at([-0.9, -0.6, -0.2, 0.1, 0.2], 0);
  const other = at([-0.8, -0.5, -0.3, -0.1, 0.05, 0.3], 1);
  // Over the common log rates -0.8 .. 0.2 the mean of 1 + l is 0.7.
  expect(bdPsnr(anchor, other, { fit: "cubic" }).value).toBeCloseTo(0.7, 9);
});

test("swapping anchor and test inverts the factor, and the order of the points does not matter", () => {
  const other = curve.map(({ rate, quality }, i) => ({
    rate: rate * (0.7 + 0.05 * i),
    quality: quality + 0.1 * i,
  }));
  const [there, back] = [bdRate(curve, other), bdRate(other.toReversed(), curve)];
  expect((1 + there.value! / 100) * (1 + back.value! / 100)).toBeCloseTo(1, 10);
});

test("only the common qualities count: points added beyond them change nothing there", () => {
  const other = curve.map(({ rate, quality }) => ({ rate: rate * 0.8, quality }));
  const longer = [...other, { rate: 40, quality: 70 }];
  const found = bdRate(curve.slice(0, 4), longer);
  expect(found).toMatchObject({ low: curve[0]!.quality, high: curve[3]!.quality });
  expect(found).toHaveProperty(
    "overlap",
    expect.closeTo((curve[3]!.quality - curve[0]!.quality) / (70 - curve[0]!.quality), 9),
  );
});

const moved = (by: Partial<RatePoint>) => [{ ...curve[0]!, ...by }, ...curve.slice(1)];
const without: [string, RatePoint[], BdOptions, RegExp][] = [
  ["three points", curve.slice(3), {}, /3 points, 4/],
  ["a fall", [...curve, { rate: 2, quality: 30 }], {}, /does not rise from rate 1.6 to 2/],
  ["a repeated rate", [...curve, { rate: 1.6, quality: 90 }], {}, /does not rise/],
  ["a lossless point", [...curve, { rate: 9, quality: Number.POSITIVE_INFINITY }], {}, /quality Infinity/],
  ["a rate of none", moved({ rate: 0 }), {}, /rate 0/],
  ["no common quality", curve.map(({ rate, quality }) => ({ rate, quality: quality + 99 })), {}, /share no/],
  ["rates outside the interval", curve, { rates: { low: 2, high: 3 } }, /no point within the rates 2 to 3/],
];

test.each(without)("a curve with %s has no delta, and the reason is told", (_, other, options, reason) => {
  const found = bdRate(curve, other, options);
  expect(found).toEqual({ value: null, reason: expect.stringMatching(reason) });
});

test("curves without a common rate have no BD-PSNR", () => {
  const far = curve.map(({ rate, quality }) => ({ rate: rate * 100, quality }));
  expect(bdPsnr(curve, far)).toEqual({
    value: null,
    reason: "the curves share no rate: 0.1000 to 1.600 and 10.00 to 160.0",
  });
});

test.each([
  [0, 1],
  [1, 1],
  [0.8, 0.15],
  [Number.NaN, 1],
  [1, Number.POSITIVE_INFINITY],
])("an interval of rates from %d to %d is refused", (low, high) => {
  let thrown: unknown;
  try {
    bdRate(curve, curve, { rates: { low, high } });
  } catch (error) {
    thrown = error;
  }
  expect(isNacreError(thrown) && thrown.code).toBe("option");
});
