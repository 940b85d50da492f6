import { describe, expect, it } from "vitest";
import { pictureRoundTrip, soundRoundTrip } from "../../test/round-trips.js";
import { compareRoundTrips } from "./compare.js";
import { judge, parseConditions } from "./conditions.js";
import type { RoundTripReport } from "./schema.js";

/** The same report as another model made it: every rate by a factor, one measure moved. */
function changed(
  report: RoundTripReport,
  { rate = 1, add = {} }: { rate?: number; add?: Record<string, number[]> },
): RoundTripReport {
  const copy = structuredClone(report);
  for (const [at, file] of copy.files.entries()) {
    for (const point of file.points.filter(({ layers }) => layers !== undefined)) {
      point.rate *= rate;
      for (const [name, values] of Object.entries(add)) point.values[name]! += values[at]!;
    }
  }
  return copy;
}

const of = (name: string, measure?: string) => (each: { name: string; measure?: string }) =>
  each.name === name && each.measure === measure;

describe("what changed between two reports", () => {
  const before = soundRoundTrip();

  it("is nothing between a report and itself", () => {
    const { changes, shared } = compareRoundTrips(before, before);
    expect(shared).toEqual(["speech.wav", "music.wav"]);
    for (const { difference, significant } of changes) {
      expect(difference).toEqual({ mean: 0, low: 0, high: 0 });
      expect(significant).toBe(false);
    }
  });

  it("is a BD-rate of exactly the factor by which every rate grew, by every measure", () => {
    const { changes } = compareRoundTrips(before, changed(before, { rate: 1.1 }));
    for (const change of changes.filter(({ name }) => name === "bd_rate" || name === "rate")) {
      expect(change.difference!.mean).toBeCloseTo(10, 9);
      expect(change.difference!.low).toBeCloseTo(10, 9);
      expect(change).toMatchObject({ files: 2, significant: true });
    }
  });

  it("is the mean of differences of each file: what files differ among themselves counts nothing", () => {
    // The two files differ by 3 dB, the models by 0.5 and 0.25.
    const { changes } = compareRoundTrips(before, changed(before, { add: { siSdr: [0.5, 0.25] } }));
    const { difference, significant } = changes.find(of("siSdr"))!;
    expect(difference).toEqual({ mean: 0.375, low: 0.25, high: 0.5 });
    expect(significant).toBe(true);
    expect(changes.find(of("bd_rate", "siSdr"))!.difference!.mean).toBeLessThan(0);
  });

  it("is told of shared files alone: another size or a failure is another file", () => {
    const other = changed(before, {});
    other.files[1]!.bytes += 1;
    expect(compareRoundTrips(before, other).shared).toEqual(["speech.wav"]);
    other.files[0]!.failed = { code: "media", sentence: "it is empty" };
    expect(() => compareRoundTrips(before, other)).toThrow(/without a file of one name/);
    expect(() => compareRoundTrips(before, pictureRoundTrip())).toThrow(/medium audio and one of image/);
  });

  it("is null with a reason where no file has a value", () => {
    const pictures = pictureRoundTrip();
    const change = compareRoundTrips(pictures, pictures).changes.find(of("msSsim"))!;
    expect(change).toMatchObject({ difference: null, files: 0, missing: "no file has a value in both" });
  });
});

describe("conditions", () => {
  const before = soundRoundTrip();
  const judged = (text: string, after: RoundTripReport) =>
    judge(parseConditions(text), compareRoundTrips(before, after)).map(({ holds, possible }) => [
      holds,
      possible,
    ]);

  it("hold when the whole interval meets them, and are not proven when a part does", () => {
    const after = changed(before, { rate: 1.02, add: { siSdr: [0.5, 0.25] } });
    expect(judged("rate > 1%, rate > 3%, rate<=2.5", after)).toEqual([
      [true, true],
      [false, false],
      [true, true],
    ]);
    expect(judged("siSdr > 0.3dB, siSdr >= 0.25, siSdr < 0", after)).toEqual([
      [false, true],
      [true, true],
      [false, false],
    ]);
  });

  it("take bd_rate as that of the chief measure of the medium", () => {
    const after = changed(before, { rate: 1.05 });
    expect(judged("bd_rate > 4.9%, bd_rate(melDistance) > 4.9%, bd_rate(stoi) < 4.9", after)).toEqual([
      [true, true],
      [true, true],
      [false, false],
    ]);
  });

  it("that cannot be judged hold, so that nothing passes unseen", () => {
    const pictures = pictureRoundTrip();
    const [judgement] = judge(parseConditions("msSsim < 0"), compareRoundTrips(pictures, pictures));
    expect(judgement).toMatchObject({ holds: true, sentence: expect.stringContaining("cannot be judged") });
  });

  it.each(["bd_rate", "rate > x", "rate(stoi) > 1", "rate = 1", "rate > 1 %%", "", "rate > 1,"])(
    "%j is refused in a sentence",
    (text) => {
      expect(() => parseConditions(text)).toThrow(/expected a name, a sign and a number/);
    },
  );

  it("of an unknown name or a wrong unit are refused with what there is", () => {
    const comparison = compareRoundTrips(before, before);
    expect(() => judge(parseConditions("pesq < 0"), comparison)).toThrow(/siSdr, melDistance, stoi/);
    expect(() => judge(parseConditions("bd_rate > 1dB"), comparison)).toThrow(/expected % for bd_rate/);
    expect(() => judge(parseConditions("stoi < 1%"), comparison)).toThrow(/expected no unit for stoi/);
  });
});
