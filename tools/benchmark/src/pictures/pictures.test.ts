import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { type PicturePlanes, pictureMetrics, psnrRgb } from "@nacre/metrics";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ratePlot } from "../plot/picture-figure.js";
import type { Contender } from "./contender.js";
import { pictureContenders } from "./contenders.js";
import { measurePictures, type PicturesResult } from "./measure-pictures.js";
import { nacreContender } from "./nacre-contender.js";
import { imageOf, readPictures } from "./picture-files.js";
import { rateTable } from "./rate-table.js";
import { losslessSanity } from "./sanity.js";
import { png } from "./sharp-contenders.js";

const side = 176;
const tinyPictureFolder = join(import.meta.dirname, "../../../../packages/codec/test/tiny-picture-model");

/** Ridges of the given steepness, with a grain that is the same on every machine. */
function picture(steepness: number): PicturePlanes {
  let state = steepness;
  const planes = [0, 1, 2].map((c) =>
    Uint8Array.from({ length: side * side }, (_, i) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const t = steepness * (i % side) + (c + 1) * Math.floor(i / side);
      return Math.abs((t % 470) - 235) + (state >>> 28);
    }),
  );
  return { width: side, height: side, peak: 255, planes };
}

function coarse({ planes }: PicturePlanes, step: number): Uint8Array {
  return Uint8Array.from(planes.flatMap((plane) => Array.from(plane, (v) => v - (v % step) + (step >> 1))));
}

/** A codec whose files are `copies` times as large as they need be. */
function coarseContender(name: string, copies: number, closed: string[] = []): Contender {
  return {
    name,
    label: name,
    chroma: "4:4:4",
    encoder: "steps, deflated",
    settings: [64, 32, 16, 8, 4],
    encode: async (original, step) => {
      const file = deflateSync(coarse(original, step));
      return Buffer.concat(Array<Buffer>(copies).fill(file));
    },
    decode: async (bytes) => {
      const all = inflateSync(bytes.subarray(0, bytes.length / copies));
      const planes = [0, 1, 2].map(
        (c) => new Uint8Array(all.subarray(c * side * side, (c + 1) * side * side)),
      );
      return { width: side, height: side, peak: 255, planes };
    },
    close: async () => void closed.push(name),
  };
}

let folder: string;
let result: PicturesResult;
const closed: string[] = [];
const rates = { low: 0.5, high: 12 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacre-pictures-"));
  for (const steepness of [1, 3]) {
    await imageOf(picture(steepness))
      .png()
      .toFile(join(folder, `steepness-${steepness}.png`));
  }
  const contenders = [coarseContender("once", 1, closed), coarseContender("twice", 2, closed)];
  result = await measurePictures(folder, contenders, rates, () => {}, "twice");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("rates are those of whole files, measures those of the decoded picture, and every contender is closed", () => {
  const [once, twice] = result.contenders;
  const original = picture(3);
  const decoded = coarse(original, 16);
  const planes = [0, 1, 2].map((c) => decoded.subarray(c * side * side, (c + 1) * side * side));
  const point = once!.points[2]!;
  expect(result.pictures).toEqual(["steepness-1.png", "steepness-3.png"]);
  expect(point.bytes[1]).toBe(deflateSync(decoded).length);
  expect(point.bitsPerPixel[1]).toBe((8 * point.bytes[1]!) / side ** 2);
  expect(point.measures.psnrRgb![1]).toBe(psnrRgb(original, { ...original, planes }));
  expect(twice!.points[2]!.bytes).toEqual(point.bytes.map((bytes) => 2 * bytes));
  expect(closed).toEqual(["once", "twice"]);
});

test("a codec of files twice as large has a BD-rate of 100 %, by every measure and both ways of averaging", () => {
  const [{ name, measures }] = result.bjontegaard.against as [
    PicturesResult["bjontegaard"]["against"][number],
  ];
  expect(name).toBe("twice");
  expect(measures.map(({ measure }) => measure)).toEqual(
    pictureMetrics.filter(({ unit }) => unit === "dB").map((metric) => metric.name),
  );
  for (const { measure, rate, quality } of measures) {
    expect(rate.meanOfPictures, measure).toMatchObject({ mean: expect.closeTo(100, 6), count: 2 });
    expect(rate.curveOfMeans.value, measure).toBeCloseTo(100, 6);
    expect(rate.without).toEqual([]);
    expect(quality.meanOfPictures.mean, measure).toBeLessThan(0);
    expect(quality.curveOfMeans.value, measure).toBeLessThan(0);
  }
});

test("the curve has means of decibels, and decibels of the mean error, which are lower", () => {
  const { curve, points } = result.contenders[0]!;
  for (const [i, point] of curve.entries()) {
    const [a, b] = points[i]!.measures.psnrRgb as [number, number];
    expect(point.measures.psnrRgb).toBeCloseTo((a + b) / 2, 9);
    expect(point.psnrRgbOfMeanError).toBeCloseTo(
      -10 * Math.log10((10 ** (-a / 10) + 10 ** (-b / 10)) / 2),
      9,
    );
    expect(point.psnrRgbOfMeanError).toBeLessThanOrEqual(point.measures.psnrRgb!);
  }
});

test("the own codec is held against each other one, within the rates and over all that they share", () => {
  expect(result.pairs.map(({ test: own, anchor, options }) => [own, anchor, options.rates])).toEqual([
    ["twice", "once", rates],
    ["twice", "once", undefined],
  ]);
  for (const { measures } of result.pairs) {
    for (const { measure, rate } of measures) {
      expect(rate.curveOfMeans.value, measure).toBeCloseTo(100, 6);
      expect(rate.meanOfPictures.mean, measure).toBeCloseTo(100, 6);
    }
  }
  const table = rateTable(result);
  expect(table.match(/^\| twice/gm)).toHaveLength(5);
  expect(table).toContain("| once | 0.5 to 12 | 100.0 % [100.0, 100.0] | 100.0 % [100.0, 100.0] | 100.0 % |");
  expect(rateTable({ ...result, pairs: [] })).not.toContain("BD-rate");
});

test("every point has times of the clock, and only a codec with a guard a share of other tiles", async () => {
  for (const { points, curve, peakMemoryMiB } of result.contenders) {
    expect(peakMemoryMiB).toBeGreaterThan(10);
    for (const { seconds, storedShare } of points) {
      expect([...seconds.encode, ...seconds.decode].every((each) => each > 0)).toBe(true);
      expect(storedShare).toBeUndefined();
    }
    expect(curve[0]!.seconds!.encode).toBeGreaterThan(0);
  }
});

test("our codec keeps the form, with more layers files are larger and better, and no tile is stored otherwise", async () => {
  const ours = await nacreContender(tinyPictureFolder, { threads: 1 });
  const original = picture(2);
  expect([ours.name, ours.label, ours.settings]).toEqual(["nacre", "nacre tiny-picture@1", [1, 2, 3]]);
  const files = await Promise.all(ours.settings.map((layers) => ours.encode(original, layers)));
  const found = await Promise.all(files.map(async (file) => psnrRgb(original, await ours.decode(file))));
  expect(files.map(({ length }) => length)).toEqual(
    files.map(({ length }) => length).toSorted((a, b) => a - b),
  );
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(ours.stored!(files[0]!)).toBe(0);
  await ours.close!();
  const chosen = await nacreContender(tinyPictureFolder, { settings: [2] });
  expect(chosen.settings).toEqual([2]);
  await chosen.close!();
});

test("the sanity rows hold, and do not for a codec that loses a little", async () => {
  expect(result.sanity.map(({ holds }) => holds)).toEqual([true, true]);
  const lossy = { ...coarseContender("lossy", 1), settings: [2] };
  expect(await losslessSanity(lossy, await readPictures(folder))).toMatchObject({ holds: false });
});

test.each(pictureContenders)(
  "$name keeps the form, and larger settings give larger and better files",
  async (it) => {
    const original = picture(2);
    const [low, high] = [it.settings[0]!, it.settings.at(-1)!];
    const [small, large] = [await it.encode(original, low), await it.encode(original, high)];
    expect(large.length).toBeGreaterThan(small.length);
    expect(psnrRgb(original, await it.decode(large))).toBeGreaterThan(
      psnrRgb(original, await it.decode(small)),
    );
    if (it.name === "jpeg") expect((await sharp(large).metadata()).chromaSubsampling).toBe(it.chroma);
  },
);

test("PNG gives back every sample", async () => {
  const original = picture(2);
  expect(await png.decode(await png.encode(original, 9))).toEqual(original);
});

test("what not every contender can code is refused, and so are an empty folder and no rates", async () => {
  const odd = await mkdtemp(join(tmpdir(), "nacre-pictures-"));
  const refused = (code: string) => expect.objectContaining({ code });
  try {
    await expect(readPictures(odd)).rejects.toEqual(refused("media"));
    await sharp({ create: { width: 8, height: 8, channels: 4, background: "#0000" } })
      .png()
      .toFile(join(odd, "a.png"));
    await expect(readPictures(odd)).rejects.toThrow(/transparency/);
    const deep = sharp(new Uint16Array(64 * 3), { raw: { width: 8, height: 8, channels: 3 } });
    await deep.toColourspace("rgb16").png().toFile(join(odd, "a.png"));
    await expect(readPictures(odd)).rejects.toThrow(/ushort/);
    await expect(measurePictures(folder, [], rates)).rejects.toEqual(refused("option"));
    await expect(measurePictures(folder, [png], { low: 1, high: 0 })).rejects.toEqual(refused("option"));
  } finally {
    await rm(odd, { recursive: true, force: true });
  }
});

/** The result with all rates divided. */
function atLowerRates(by: number): PicturesResult {
  const contenders = result.contenders.map((each) => ({
    ...each,
    curve: each.curve.map((point) => ({ ...point, bitsPerPixel: point.bitsPerPixel / by })),
  }));
  return { ...result, contenders };
}

test("a plot is one SVG file that renders, with a dot for every point in sight and the name of every curve", async () => {
  for (const by of [1e-3, 16, 1e3]) {
    const shown = atLowerRates(by);
    const inSight = shown.contenders.map(
      ({ curve }) => curve.filter(({ bitsPerPixel }) => bitsPerPixel <= 1.5).length,
    );
    const svg = ratePlot(shown, "psnrRgb", "PSNR");
    expect(svg.match(/<circle/g) ?? []).toHaveLength(inSight.reduce((sum, count) => sum + count, 0));
    for (const [i, { label }] of shown.contenders.entries()) {
      expect(svg.includes(`>${label}</text>`)).toBe(inSight[i]! > 0);
    }
    expect(await sharp(Buffer.from(svg)).metadata()).toMatchObject({
      format: "svg",
      width: 760,
      height: 460,
    });
  }
  const svg = ratePlot(atLowerRates(1e3), "psnrRgb", "PSNR");
  expect(svg.match(/<circle/g)).toHaveLength(10);
  // Both curves end at the same quality, so their names would stand on each other.
  const heights = [...svg.matchAll(/<text [^>]*translate\([\d.]+,\s?([\d.]+)\)[^>]*>(?:once|twice)</g)];
  expect(heights).toHaveLength(2);
  expect(Math.abs(Number(heights[0]![1]) - Number(heights[1]![1]))).toBeGreaterThan(13);
});

const photos = join(
  process.env.NACRE_SHARED ?? join(import.meta.dirname, "../../../../../shared"),
  "media/photos/bench",
);

describe.skipIf(!existsSync(photos))("real pictures (skipped where the shared media are absent)", () => {
  type Row = { name: string; step: number; measures: Record<string, number> };
  const vectors = new URL("../../../../packages/metrics/test/vectors/pictures.json", import.meta.url);
  const { real }: { real: Row[] } = JSON.parse(readFileSync(vectors, "utf8"));

  test.each(real)(
    "$name in coarse steps measures as the reference programs say",
    async ({ name, step, measures }) => {
      const { picture: original } = (await readPictures(photos)).find((each) => each.name === name)!;
      const planes = original.planes.map((plane) => plane.map((v) => v - (v % step) + step / 2));
      for (const metric of pictureMetrics) {
        expect(metric.measure(original, { ...original, planes }), metric.name).toBeCloseTo(
          measures[metric.name]!,
          9,
        );
      }
    },
  );
});
