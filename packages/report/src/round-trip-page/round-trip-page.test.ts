import { expect, test } from "vitest";
import { pictureRoundTrip, soundRoundTrip } from "../../test/round-trips.js";
import { roundTripSchema } from "../round-trip/schema.js";
import { roundTripPage } from "./index.js";

const reports = { sound: soundRoundTrip(), picture: pictureRoundTrip() };

test("the JSON in the page is the report, and media stand in the page once", () => {
  for (const report of Object.values(reports)) {
    const html = roundTripPage(report);
    const text = html.match(/<script type="application\/json" id="round-trip">(.*?)<\/script>/s)![1]!;
    expect(roundTripSchema.parse(JSON.parse(text))).toEqual(report);
    expect(html.replace(text, "")).not.toContain("data:audio");
    expect(html.replace(text, "")).not.toContain("data:image");
    expect(html.replace(text, "")).not.toMatch(/https?:|@import|url\(|<link|<iframe|fetch\(/);
  }
});

test("the policy lets in a folder beside the page only where media lie there", () => {
  const inside = roundTripPage(reports.sound);
  expect(inside).toContain("media-src data: blob:;");
  const { files } = reports.sound;
  const beside = { ...files[0]!, original: { kind: "audio" as const, href: "out-media/a.wav" } };
  expect(roundTripPage({ ...reports.sound, files: [beside] })).toContain(
    "media-src data: blob: 'self' file:;",
  );
});

test("hostile names stay text", () => {
  const evil = `</script><img src=x onerror=alert(1)>"'`;
  const html = roundTripPage({
    ...reports.sound,
    made: { ...reports.sound.made, command: evil },
    contenders: reports.sound.contenders.map((each) => ({
      ...each,
      version: evil,
      ...(each.absent && { absent: evil }),
    })),
    files: [{ ...reports.sound.files[2]!, name: evil, failed: { code: evil, sentence: evil } }],
    mediaNote: evil,
  });
  expect(html).not.toContain("<img src=x");
  expect(html.match(/<\/script>/g)).toHaveLength(2);
});
