import { expect, test } from "vitest";
import { pictureRoundTrip, soundRoundTrip } from "../../test/round-trips.js";
import { type RoundTripReport, roundTripSchema } from "../round-trip/schema.js";
import { roundTripPage } from "./index.js";
import { verdict } from "./verdict.js";

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

test("the verdict says on which side of 0 each interval lies, and how many measures agree", () => {
  const [chief, second] = reports.picture.measures;
  const rate = (measure: string, low: number, high: number) => ({
    ...{ against: "jpeg", measure, percent: { mean: (low + high) / 2, low, high }, files: 2, without: [] },
  });
  const told = (...bdRates: RoundTripReport["bdRates"]) => verdict({ ...reports.picture, bdRates });
  expect(told(rate(chief!.name, -30, -10), rate(second!.name, -9, -1))).toBe(
    "At equal quality toy@1 needs fewer bits than jpeg (−20.0 % by PSNR of RGB; so say both measures).",
  );
  expect(told(rate(chief!.name, 1, 3), rate(second!.name, -9, 1))).toBe(
    "At equal quality toy@1 needs more bits than jpeg (+2.0 % by PSNR of RGB; so say 1 of 2 measures).",
  );
  expect(told({ ...rate(chief!.name, -1, 3), files: 1 })).toBe(
    "At equal quality toy@1 needs about as many bits as jpeg (+1.0 % by PSNR of RGB over 1 of 2 files).",
  );
  expect(told()).toContain("cannot be compared");
});

test("a layer whose interval lies below 0 makes it worse, one that holds 0 is not proven", () => {
  const [chief] = reports.picture.measures;
  const gains = [
    null,
    { mean: 2, low: 1, high: 3 },
    { mean: 0.1, low: -1, high: 1 },
    { mean: -2, low: -3, high: -1 },
  ];
  const layers = reports.picture.layers.map((layer, i) => ({
    ...{ ...layer, gain: { ...layer.gain, [chief!.name]: gains[i]! } },
  }));
  const html = roundTripPage({ ...reports.picture, layers });
  const words = [...html.matchAll(/<small class="whole">([^<]+)</g)].map(([, word]) => word);
  expect(words).toEqual(["base", "▲ earns most", "? not proven", "✕ makes it worse"]);
  expect(html).toContain("PSNR of RGB gets worse with layer 4.");
});
