import { isNacreError } from "@nacre/errors";
import { audioMetrics } from "@nacre/metrics";
import type { Audio } from "@nacre/signal";
import { expect, test } from "vitest";
import { toySubject } from "../test/toy-codec.js";
import {
  codeStatistics,
  energyExplained,
  inspectLayers,
  layerReportSchema,
  layerTable,
  tableWidth,
} from "./index.js";

/** A second of two different sliding tones, not a whole number of frames. */
const original: Audio = {
  sampleRate: 8000,
  channels: [1, 2].map((c) =>
    Float32Array.from(
      { length: 8003 },
      (_, i) => 0.6 * Math.sin(i * c * 0.05 + i * i * 1e-5) * Math.sin(i / 900) ** 2,
    ),
  ),
};

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((error: unknown) => error);
  return isNacreError(error) ? error.code : "no NacreError";
}

test("statistics of known distributions are their closed forms", () => {
  const uniform = codeStatistics(
    Int32Array.from({ length: 800 }, (_, i) => i % 8),
    8,
  );
  expect(uniform.entropyBits).toBeCloseTo(3, 12);
  expect(uniform.entropyBitsCorrected).toBe(3);
  expect(uniform.perplexity).toBeCloseTo(8, 10);
  expect([uniform.usage, uniform.deadCodes, uniform.count]).toEqual([1, 0, 800]);

  const skewed = codeStatistics([Int32Array.of(0, 0, 1), Int32Array.of(0)], 10);
  const h = -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25));
  expect(skewed.entropyBits).toBeCloseTo(h, 12);
  expect(skewed.entropyBitsCorrected).toBeCloseTo(h + 1 / (8 * Math.LN2), 12);
  expect([skewed.usage, skewed.deadCodes, skewed.count]).toEqual([0.2, 8, 4]);

  const constant = codeStatistics(new Int32Array(5), 1024);
  expect([constant.entropyBits, constant.perplexity, constant.deadCodes]).toEqual([0, 1, 1023]);
  expect(codeStatistics([], 4)).toMatchObject({
    count: 0,
    entropyBits: 0,
    perplexity: 1,
    usage: 0,
    deadCodes: 4,
  });
});

test("a code outside its alphabet and an alphabet that is no count are errors", async () => {
  for (const [codes, alphabet, code] of [
    [[4], 4, "shape"],
    [[-1], 4, "shape"],
    [[0], 0, "option"],
    [[0], 2.5, "option"],
    [[0], 2 ** 40, "option"],
  ] as const) {
    expect(await codeOf((async () => codeStatistics(Int32Array.from(codes), alphabet))())).toBe(code);
  }
});

test("energy explained is 1 for all, 0 for nothing, below 0 for worse than nothing", () => {
  const z = Float32Array.of(3, 0, -4);
  expect(energyExplained(z, z)).toBe(1);
  expect(energyExplained(z, new Float32Array(3))).toBe(0);
  expect(
    energyExplained(
      z,
      z.map((x) => -x),
    ),
  ).toBe(-3);
  expect(energyExplained(z, Float32Array.of(3, 0, 0))).toBeCloseTo(9 / 25, 12);
  expect(energyExplained(new Float32Array(3), z)).toBe(Number.NEGATIVE_INFINITY);
  expect(energyExplained(new Float32Array(3), new Float32Array(3))).toBeNaN();
});

test("a report counts bytes, bits and rates, and its parts add up to the file", async () => {
  const report = await inspectLayers(toySubject(original));
  const seconds = 8003 / 8000;
  expect(report.totals).toMatchObject({
    bytes: 4561,
    layerBytes: 4501,
    containerBytes: 60,
    contentLayers: 3,
  });
  expect(report.totals.rate).toBeCloseTo((4561 * 8) / 1000 / seconds, 10);
  expect(report.layers.map(({ role, prefix }) => [role, prefix])).toEqual([
    ["side", 0],
    ["content", 1],
    ["content", 2],
    ["content", 3],
  ]);
  const second = report.layers[2]!;
  expect(second.codes).toBe(2 * 501 * 16);
  expect(second.nominalBitsPerPlace).toBeCloseTo(2 * 16 * Math.log2(9), 10);
  expect(second.nominalRate).toBeCloseTo((2 * 501 * 16 * Math.log2(9)) / 1000 / seconds, 10);
  expect([second.fileBytes, second.fileBits]).toEqual([1500, 12000]);
});

test("energy explained is that of the waveform, because the toy transform is orthonormal", async () => {
  const subject = toySubject(original);
  const report = await inspectLayers(subject);
  for (const layer of report.layers.slice(1)) {
    const { channels } = await subject.decode(layer.prefix);
    const energy = (signals: Float32Array[]) =>
      signals.flatMap((s) => [...s]).reduce((sum, x) => sum + x * x, 0);
    const left = energy(channels.map((s, c) => s.map((x, i) => x - original.channels[c]![i]!)));
    // Loose by the last frame, whose zeros behind the end are part of the latent only.
    expect(layer.energyExplained).toBeCloseTo(1 - left / energy(original.channels), 4);
  }
  const added = report.layers.slice(1).map(({ energyAdded }) => energyAdded!);
  expect(added[0]! + added[1]! + added[2]!).toBeCloseTo(report.layers[3]!.energyExplained!, 12);
});

test("quality is the mean of each metric over channels, and gain its improvement, positive when better", async () => {
  const subject = toySubject(original);
  const { layers } = await inspectLayers(subject);
  const decoded = await subject.decode(2);
  for (const { name, better, measure } of audioMetrics) {
    const values = original.channels.map((reference, c) => measure(reference, decoded.channels[c]!, 8000));
    expect(layers[2]!.quality[name], name).toBeCloseTo((values[0]! + values[1]!) / 2, 10);
    const rise = layers[3]!.quality[name]! - layers[2]!.quality[name]!;
    expect(layers[3]!.gain[name], name).toBeCloseTo(better === "higher" ? rise : -rise, 10);
  }
  expect(layers[3]!.gain.siSdr).toBeGreaterThan(6);
  expect(layers[3]!.gain.melDistance).toBeGreaterThan(0);
});

test("silence, no original, no latents and no duration give nulls with reasons and JSON that reads back the same", async () => {
  const silent: Audio = { sampleRate: 8000, channels: [new Float32Array(8000)] };
  const { original: _o, latents: _l, ...bare } = toySubject(original);
  const empty: Audio = { sampleRate: 8000, channels: [new Float32Array(0)] };
  for (const subject of [
    toySubject(silent),
    bare,
    toySubject(empty),
    toySubject(original, { bytesPerLayer: [0, 0, 0, 0], containerBytes: 0 }),
  ]) {
    const report = await inspectLayers(subject);
    const text = JSON.stringify(report);
    expect(layerReportSchema.parse(JSON.parse(text))).toEqual(report);
    expect(layerTable(report)).not.toMatch(/NaN|Infinity|null/);
  }
  const report = await inspectLayers(toySubject(silent));
  expect(report.layers[1]!.quality.siSdr).toBeNull();
  expect(report.layers[1]!.missing["quality.siSdr"]).toMatch(/silent/);
  expect(report.layers[1]!.energyExplained).toBeNull();
});

test("a channel that is decoded to silence makes the mean null and is not left out", async () => {
  const subject = toySubject(original);
  const decode = async (k: number) => {
    const { sampleRate, channels } = await subject.decode(k);
    return { sampleRate, channels: [channels[0]!, new Float32Array(8003)] };
  };
  const report = await inspectLayers({ ...subject, decode });
  expect(report.layers[3]!.quality.siSdr).toBeNull();
});

test("the schema refuses a null without a reason, and numbers that JSON has not", async () => {
  const report = await inspectLayers(toySubject(original));
  const [first, ...rest] = report.layers;
  const broken = (layer: object) =>
    layerReportSchema.safeParse({ ...report, layers: [{ ...first, ...layer }, ...rest] }).success;
  expect(broken({})).toBe(true);
  expect(broken({ rate: null })).toBe(false);
  expect(broken({ missing: {} })).toBe(false);
  expect(broken({ rate: Number.NaN })).toBe(false);
  expect(broken({ perplexity: Number.POSITIVE_INFINITY })).toBe(false);
});

test("progress counts prefixes, and an aborted signal stops before the next one", async () => {
  const seen: string[] = [];
  await inspectLayers(toySubject(original), { progress: (done, total) => seen.push(`${done}/${total}`) });
  expect(seen).toEqual(["1/3", "2/3", "3/3"]);
  const controller = new AbortController();
  const work = inspectLayers(toySubject(original), {
    progress: () => controller.abort(),
    signal: controller.signal,
  });
  expect(await codeOf(work)).toBe("cancelled");
});

test("subjects whose parts do not fit are errors of shape", async () => {
  const subject = toySubject(original);
  const short = async () => ({ sampleRate: 8000, channels: original.channels.map((s) => s.subarray(1)) });
  const mixed = subject.layers.with(1, [subject.layers[1]![0]!, { ...subject.layers[1]![1]!, alphabet: 10 }]);
  for (const wrong of [
    { decode: short },
    { bytesPerLayer: [1] },
    { layers: subject.layers.with(1, []) },
    { layers: mixed },
    { sampleRate: 44100 },
  ]) {
    expect(await codeOf(inspectLayers({ ...subject, ...wrong }))).toBe("shape");
  }
});

test("the table is aligned, at most 110 columns wide, and cannot steer a terminal", async () => {
  const report = await inspectLayers(
    toySubject(original, { model: `\u001b[31m${"x".repeat(200)}`, bytesPerLayer: [1, 10 ** 9, 1, 1] }),
  );
  const lines = layerTable(report).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(tableWidth);
  expect(lines.join()).not.toContain("\u001b");
  const rows = lines.slice(2, 7);
  expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  expect(rows[0]).toMatch(/layer.*kbit\/s.*usage.*SI-SDR/);
  expect(rows[1]!.trim()).toMatch(/^side/);
  const ordinary = layerTable(await inspectLayers(toySubject(original)));
  expect(ordinary.split("\n")[2], "all measures fit an ordinary file").toMatch(
    /SI-SDR.*SNR.*mel.*LSD.*STOI.*ESTOI/,
  );
});
