import { inflateSync } from "node:zlib";
import { isNacreError } from "@nacre/errors";
import { layerReportSchema, type SoundReport } from "@nacre/inspect";
import type { Audio } from "@nacre/signal";
import { expect, test } from "vitest";
import { digitsExample } from "../test/digits.js";
import { elements } from "../test/elements.js";
import { nacreColours } from "./colour-map.js";
import { reportPage } from "./index.js";
import { loudestLevel, pictureLevels } from "./spectrogram-figure.js";

const original: Audio = {
  sampleRate: 8000,
  channels: [1, 3].map((f) =>
    Float32Array.from({ length: 6001 }, (_, i) => 0.7 * Math.sin(i * 0.1 * f) * Math.sin(i / 700)),
  ),
};
const example = await digitsExample(original, 3);
const page = reportPage(example.report, {
  title: "a tone",
  ...example,
  command: "nacre report x",
  versions: { nacre: "1.2.3" },
});

const uris = (type: string, html = page) =>
  [...html.matchAll(new RegExp(`"data:${type};base64,([^"]+)"`, "g"))].map(([, text]) =>
    Buffer.from(text!, "base64"),
  );

test("elements are nested, and every sound has a picture, a player and a button", () => {
  const names = elements(page);
  const count = (name: string) => names.filter((n) => n === name).length;
  expect([count("audio"), count("img"), count("h1"), count("caption")]).toEqual([4, 4, 1, 1]);
  const further = example.report.measures.filter(({ name }) => name in example.report.layers[1]!.measures);
  expect(count("table")).toBe(1 + further.length);
  expect(page.match(/data-version="\d"/g)).toHaveLength(4);
  const [layerTable] = page.split("</table>");
  expect(layerTable!.match(/<tr><th scope="row">\d/g)).toHaveLength(3);
  expect(layerTable!.match(/<th scope="col"/g)).toHaveLength(11 + example.report.metrics.length);
});

test("the page names no address, and its policy forbids the network", () => {
  const withoutData = page.replace(/data:[a-z]+\/[a-z]+;base64,[^"]*/g, "");
  expect(withoutData).not.toMatch(/https?:|\/\/[a-z]|@import|url\(|<link|<iframe|fetch\(|XMLHttp/i);
  expect(page).toContain("default-src 'none'");
});

test("a file whose original is lost has a page of its prefixes alone, and no sound at all has none", () => {
  const { report, prefixes } = example;
  const html = reportPage(report, { title: "t", prefixes });
  expect(html.match(/data-version="\d"/g)).toHaveLength(3);
  expect(html).not.toContain("Original");
  expect(uris("audio/wav", html)).toHaveLength(3);
  expect(() => reportPage(report, { title: "t", prefixes: [] })).toThrow("a page without sounds");
});

test("every figure has a text alternative", () => {
  for (const [tag] of page.matchAll(/<img [^>]*>/g)) expect(tag).toMatch(/alt="Spectrogram of [^"]{40,}"/);
  for (const [tag] of page.matchAll(/<svg [^>]*>/g)) expect(tag).toMatch(/role="img" aria-label="[^"]{20,}"/);
  for (const [tag] of page.matchAll(/<audio [^>]*>/g)) expect(tag).toMatch(/aria-label="[^"]+"/);
});

test("the embedded JSON is the report", () => {
  const text = page.match(/<script type="application\/json" id="layer-report">(.*?)<\/script>/s)![1]!;
  expect(layerReportSchema.parse(JSON.parse(text))).toEqual(example.report);
});

test("hostile names stay text everywhere", async () => {
  const evil = `</script><!--<script>alert(1)</script>"'\`&<img src=x onerror=alert(1)>\u0000\u2028`;
  const hostile = await digitsExample(original, 2, evil);
  const html = reportPage(hostile.report, {
    title: evil,
    ...hostile,
    command: evil,
    versions: { [evil]: evil },
  });
  const names = elements(html);
  expect(names.filter((name) => name === "img")).toHaveLength(3);
  expect(names.filter((name) => name === "script")).toHaveLength(2);
  expect(html).not.toContain("onerror=alert(1)>");
  expect(html).not.toContain("\u0000");
  const text = html.match(/id="layer-report">(.*?)<\/script>/s)![1]!;
  expect(JSON.parse(text).model).toBe(evil);
});

test("the players hold 16-bit WAV files of the sounds' own length and channels", () => {
  const files = uris("audio/wav");
  expect(files).toHaveLength(4);
  for (const file of files) {
    expect(file.toString("latin1", 0, 4)).toBe("RIFF");
    const data = file.indexOf("data");
    expect(file.readUInt32LE(data + 4)).toBe(6001 * 2 * 2);
  }
  const first = files[0]!;
  const at = first.indexOf("data") + 8 + 4 * 500;
  expect(first.readInt16LE(at) / 32768).toBeCloseTo(original.channels[0]![500]!, 4);
  expect(first.readInt16LE(at + 2) / 32768).toBeCloseTo(original.channels[1]![500]!, 4);
});

test("pictures are PNGs whose chunks and rows read back, and whose lightest row is the tone", () => {
  const tone: Audio = {
    sampleRate: 8000,
    channels: [Float32Array.from({ length: 8000 }, (_, i) => Math.sin((Math.PI * i) / 4))],
  };
  const html = reportPage(example.report, { title: "t", original: tone, prefixes: [] });
  const png = uris("image/png", html)[0]!;
  expect(png.readUInt32BE(0)).toBe(0x89504e47);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const idat = png.indexOf("IDAT");
  const rows = inflateSync(png.subarray(idat + 4, idat + 4 + png.readUInt32BE(idat - 4)));
  expect(rows.length).toBe(height * (width + 1));
  const column = Array.from({ length: height }, (_, y) => rows[y * (width + 1) + 1 + (width >> 1)]!);
  // 1 kHz of 0 .. 4 kHz: a quarter up.
  expect(column.indexOf(Math.max(...column)) / height).toBeCloseTo(0.75, 1);
  expect(loudestLevel(pictureLevels(tone))).toBeCloseTo(0, 1);
});

test("the colours rise in lightness at every step, so the picture reads in grey", () => {
  const palette = nacreColours();
  const light = Array.from({ length: 256 }, (_, i) => {
    const [r, g, b] = [...palette.subarray(3 * i, 3 * i + 3)].map((v) => (v / 255) ** 2.2);
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  });
  for (let i = 4; i < 256; i += 4) expect(light[i]!).toBeGreaterThan(light[i - 4]!);
});

test("an empty sound and a report of no layers still make a page", () => {
  const empty: Audio = { sampleRate: 8000, channels: [new Float32Array(0)] };
  const report: SoundReport = {
    ...example.report,
    duration: 0,
    layers: [],
    totals: { ...example.report.totals, rate: null, contentLayers: 0 },
  };
  const html = reportPage(report, { title: "nothing", original: empty, prefixes: [] });
  elements(html);
  expect(html).not.toMatch(/NaN|Infinity|undefined<|>null/);
});

test("a prefix of another length is an error of shape", () => {
  const cut = { layers: 1, audio: { ...original, channels: original.channels.map((s) => s.subarray(1)) } };
  let error: unknown;
  try {
    reportPage(example.report, { title: "t", original, prefixes: [cut] });
  } catch (caught) {
    error = caught;
  }
  expect(isNacreError(error) && error.code).toBe("shape");
});
