import { describe, expect, it } from "vitest";
import { pictureRoundTrip, soundRoundTrip } from "../../test/round-trips.js";
import { type RoundTripReport, roundTripJsonSchema, roundTripSchema } from "./schema.js";

describe("the schema of round-trip reports", () => {
  it("takes a report of sounds and one of pictures, and gives back what it took", () => {
    for (const report of [soundRoundTrip(), pictureRoundTrip()]) {
      expect(roundTripSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    }
  });

  it("refuses a null without a reason, wherever it stands", () => {
    const places = (report: RoundTripReport): [Record<string, unknown>, string][] => [
      [report.files[0]!.points[0]!.values, "stoi"],
      [report.curves[0]!.points[0]!.values, "stoi"],
      [report.bdRates[0]!, "percent"],
      [report.layers[1]!.gain, "stoi"],
      [report.layers[1]!, "rate"],
    ];
    for (const place of places(soundRoundTrip()).keys()) {
      const report = soundRoundTrip();
      const [record, field] = places(report)[place]!;
      record[field] = null;
      expect(roundTripSchema.safeParse(report).error?.message).toContain("in missing");
    }
  });

  it("is there as JSON Schema, with every field of the report", () => {
    const { properties } = roundTripJsonSchema() as { properties: Record<string, unknown> };
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(soundRoundTrip())));
  });
});
