import { describe, expect, it } from "vitest";
import { chosenFiles } from "./chosen-files.js";
import { createLayerPool } from "./layer-pool.js";
import { meansOf } from "./means.js";
import type { RoundTripFile, RoundTripReport } from "./schema.js";
import { bdRatesOf, curveOf } from "./summary.js";
import type { TripLayer } from "./trip.js";

const psnr = { name: "psnr", label: "PSNR", short: "PSNR", unit: "dB", better: "higher" } as const;
const contenders: RoundTripReport["contenders"] = [
  { name: "ours", kind: "model", version: "1" },
  { name: "theirs", kind: "baseline", version: "1" },
  { name: "gone", kind: "baseline", version: "", absent: "it is not installed" },
];

/** Curves quality = 10 log10(rate) + const, so that a factor of rates is the BD-rate. */
function file(name: string, factor: number): RoundTripFile {
  const points = [1, 2, 4, 8].flatMap((rate) =>
    [1, factor].map((times, at) => ({
      ...{ contender: at === 0 ? "theirs" : "ours", setting: `${rate}`, bytes: 1, rate: rate * times },
      ...{ values: { psnr: 10 * Math.log10(rate) }, missing: {} },
    })),
  );
  return { name, bytes: 1, facts: {}, points };
}

describe("BD-rates over files", () => {
  it("are the mean of those of the files, each the factor of its rates", () => {
    const [found, ...more] = bdRatesOf(contenders, [psnr], [file("a", 0.8), file("b", 0.9)]);
    expect(more).toEqual([]);
    expect(found!.percent!.mean).toBeCloseTo(-15, 9);
    expect(found!.percent!.low).toBeCloseTo(-20, 9);
    expect(found!.percent!.high).toBeCloseTo(-10, 9);
    expect(found).toMatchObject({ against: "theirs", files: 2, without: [] });
  });

  it("leave out a file whose curves do not overlap, and say which and why", () => {
    const far = file("far", 1);
    for (const point of far.points.filter(({ contender }) => contender === "ours")) point.values.psnr! += 90;
    const refused = { ...file("refused", 1), without: { theirs: "it is transparent" } };
    const [found] = bdRatesOf(contenders, [psnr], [file("a", 0.8), far, refused]);
    expect(found!.files).toBe(1);
    expect(found!.without).toEqual([
      { file: "far", reason: expect.stringContaining("share no quality") },
      { file: "refused", reason: "it is transparent" },
    ]);
    expect(bdRatesOf(contenders, [psnr], [far])[0]).toMatchObject({
      percent: null,
      missing: expect.stringContaining("share no quality"),
    });
  });

  it("are of curves without the points that a cheaper one beats, and without those that have no value", () => {
    const bent = file("a", 1);
    const own = bent.points.filter(({ contender }) => contender === "ours");
    own[2]!.values.psnr = 1;
    own[3]!.values.psnr = null;
    expect(curveOf(bent, "ours", psnr).map(({ rate }) => rate)).toEqual([1, 2]);
    const lower = { ...psnr, better: "lower" } as const;
    expect(curveOf(file("a", 1), "ours", lower).map(({ rate }) => rate)).toEqual([1]);
  });
});

describe("means over files", () => {
  it("leave nulls out, and have the first reason where nothing is left", () => {
    const rows = [
      { values: { a: 1, b: null }, missing: { b: "too small" } as Record<string, string> },
      { values: { a: null, b: null }, missing: { a: "silent", b: "too dark" } as Record<string, string> },
    ];
    const { values, missing } = meansOf(["a", "b"], rows);
    expect(values).toEqual({ a: { mean: 1, low: 1, high: 1 }, b: null });
    expect(missing).toEqual({ b: "too small" });
  });
});

describe("layers over files", () => {
  const layer = (uses: number[]): TripLayer => ({
    ...{
      role: "content",
      prefix: 1,
      alphabet: 4,
      rate: 2,
      energyAdded: 0.5,
      quality: {},
      gain: {},
      missing: {},
    },
    uses,
  });

  it("count codes together: two files that use two codes each use all four evenly", () => {
    const pool = createLayerPool();
    pool.add("a", [layer([0, 10, 1, 10])]);
    pool.add("b", [layer([2, 10, 3, 10])]);
    const [row] = pool.rows([], ["a", "b"]);
    expect(row).toMatchObject({ codes: 40, usage: 1, deadCodes: 0, entropyBits: 2, perplexity: 4, files: 2 });
    expect(pool.use()).toEqual([{ layer: 0, counts: [10, 10, 10, 10] }]);
  });
});

describe("files whose media are kept", () => {
  const report = (count: number) => {
    const files = Array.from({ length: count }, (_, i) => ({ name: `${i}` }) as RoundTripFile);
    return {
      files,
      measures: [psnr],
      worst: { psnr: files.map(({ name }) => name) },
    } as unknown as RoundTripReport;
  };

  it("are all of a few, and of many the four worst, the middle and the best", () => {
    expect(chosenFiles(report(8), "psnr").names).toHaveLength(8);
    expect(chosenFiles(report(101), "psnr").names).toEqual(["0", "1", "2", "3", "50", "100"]);
    expect(chosenFiles(report(101), "psnr").sentence).toContain("by PSNR");
  });
});
