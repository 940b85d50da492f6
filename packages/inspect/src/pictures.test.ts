import { isNacreError } from "@nacre/errors";
import { pictureMetrics } from "@nacre/metrics";
import type { Picture } from "@nacre/signal";
import { expect, test } from "vitest";
import { ridges, toyPicture } from "../test/toy-picture.js";
import { conditionalEntropy, inspectLayers, layerReportSchema, layerTable, tableWidth } from "./index.js";

const original = ridges(192, 176);
const report = await inspectLayers(toyPicture(original));
const pixels = 192 * 176;

test("rates of a picture are bits of the file over its pixels, and roles are those of the file", () => {
  expect([report.medium, report.rateUnit, report.width, report.height]).toEqual([
    "image",
    "bit/pixel",
    192,
    176,
  ]);
  expect(report.totals).toMatchObject({ bytes: 2043, layerBytes: 2003, contentLayers: 2 });
  expect(report.totals.rate).toBeCloseTo((8 * 2043) / pixels, 12);
  expect(report.layers.map(({ role, prefix }) => [role, prefix])).toEqual([
    ["alpha", 0],
    ["side", 0],
    ["content", 1],
    ["content", 2],
  ]);
  const second = report.layers[3]!;
  expect(second.rate).toBeCloseTo((8 * 1100) / pixels, 12);
  expect(second.nominalBitsPerPlace).toBe(12);
  expect(second.nominalRate).toBeCloseTo(3, 12);
  expect(second.contextBits).toBeCloseTo(4, 6);
});

test("quality is every measure of pictures, and values that do not exist have their reason", async () => {
  const { decode } = toyPicture(original);
  const first = await decode(1);
  const form = ({ width, height, planes }: Picture) => ({ width, height, planes, peak: 255 });
  for (const { name, measure } of pictureMetrics) {
    expect(report.layers[2]!.quality[name], name).toBeCloseTo(measure(form(original), form(first)), 9);
  }
  // All layers give the picture itself: PSNR has no bound, structure is whole.
  const { quality, missing } = report.layers[3]!;
  expect([quality.psnrRgb, quality.msSsim]).toEqual([null, 1]);
  expect(missing["quality.psnrRgb"]).toMatch(/equal/);
  expect(report.layers[0]!.missing["quality.psnrRgb"]).toMatch(/alpha/);
});

test("what is lost with a layer is what it and those above it gained", () => {
  const [, , first, second] = report.layers;
  expect(second!.loss.msSsim).toBeCloseTo(1 - first!.quality.msSsim!, 12);
  expect(second!.loss.msSsim).toBe(second!.gain.msSsim);
  expect(first!.loss.msSsim).toBeNull();
  expect(first!.missing["loss.msSsim"]).toMatch(/nothing is decoded/);
});

test("conditional entropy is that of closed forms, and none where there are few codes for a pair", () => {
  const below = Int32Array.from({ length: 8000 }, (_, i) => i % 4);
  const same = below.map((code) => 3 - code);
  expect(conditionalEntropy([same], [below])).toBe(0);
  const free = Int32Array.from({ length: 8000 }, (_, i) => Math.floor(i / 4) % 8);
  // Independent: all three bits are left, beyond Miller's terms of (32 - 4) / (2 N ln 2).
  expect(conditionalEntropy([free], [below])).toBeCloseTo(3 + 28 / (16000 * Math.LN2), 9);
  const half = Int32Array.from(below, (code, i) => 2 * code + (Math.floor(i / 4) % 2));
  expect(conditionalEntropy([half], [below])).toBeCloseTo(1 + 4 / (16000 * Math.LN2), 9);
  expect(conditionalEntropy([free.subarray(0, 300)], [below.subarray(0, 300)])).toBeNaN();
  expect(() => conditionalEntropy([free], [below.subarray(1)])).toThrow(/as many/);
  expect(report.layers[2]!.missing.conditionalEntropyBits).toMatch(/no content layer/);
  expect(report.layers[3]!.conditionalEntropyBits).toBeLessThanOrEqual(report.layers[3]!.entropyBits + 0.05);
});

test("without original, latents and maps the report reads back the same and the table has no holes", async () => {
  const { original: _o, latents: _l, bitMap: _b, ...bare } = toyPicture(original);
  const tiles = [{ row: 0, column: 0, rows: 64, columns: 64, kind: "lossless" }];
  for (const subject of [bare, { ...bare, tiles }]) {
    const found = await inspectLayers(subject);
    expect(layerReportSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
    expect(found.layers[3]!.missing["quality.psnrRgb"]).toBe("the original was not given");
    expect(found.layers[3]!.missing.contextBits).toMatch(/not given/);
    expect(layerTable(found)).not.toMatch(/NaN|Infinity|null|coded:/);
  }
  const stored = await inspectLayers({ ...bare, tiles, storedBytes: 500 });
  expect(layerTable(stored)).toContain("1 tile stored otherwise");
  expect(stored.totals.bytes).toBe(report.totals.bytes + 500);
});

test("the table names the picture's rate, its roles and its first measures within its width", () => {
  const lines = layerTable(report).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(tableWidth);
  expect(lines[0]).toBe("toy-picture@1 · 192 x 176 pixels · RGB, 8 bits");
  expect(lines[2]).toMatch(/layer.*bpp.*bits.*given.*coded.*usage.*PSNR/);
  expect(lines[3]!.trim()).toMatch(/^alpha/);
  expect(lines.join("\n")).toContain("bit/pixel");
});

test("pictures of another size or depth than the subject are errors of shape", async () => {
  const codeOf = async (work: Promise<unknown>) => {
    const error = await work.catch((caught: unknown) => caught);
    return isNacreError(error) ? error.code : "no NacreError";
  };
  const subject = toyPicture(original);
  const small = ridges(64, 64);
  expect(await codeOf(inspectLayers({ ...subject, original: small }))).toBe("shape");
  expect(await codeOf(inspectLayers({ ...subject, decode: async () => small }))).toBe("shape");
  expect(await codeOf(inspectLayers({ ...subject, bitDepth: 16 }))).toBe("shape");
});
