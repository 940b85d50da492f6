import { mkdtempSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, readAudio, trimLayers } from "@nacre/nacre";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cut, folderOf } from "../test/clips.js";
import { tinyModel } from "../test/models.js";
import { integratedLoudness } from "./integrated-loudness.js";
import { measureQuality, type Quality } from "./quality.js";
import { measureSpeed } from "./speed.js";

let folder: string;
let result: Quality;

beforeAll(async () => {
  const speech = await cut("speech", 1, 2);
  const quiet = { ...speech, channels: speech.channels.map((samples) => samples.map((x) => x / 20)) };
  folder = await folderOf({
    "music.wav": await cut("music", 0, 0.6),
    "quiet.wav": quiet,
    "speech.wav": speech,
  });
  result = await measureQuality(tinyModel, folder, () => {});
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("rates are those of trimmed files, codes are all counted, steps are differences of prefixes", async () => {
  const nacre = await open(tinyModel);
  const sounds = await Promise.all(result.files.map((name) => readAudio(join(folder, name))));
  const files = await Promise.all(sounds.map((sound) => nacre.encode(sound)));
  const codes = (await Promise.all(files.map((file) => nacre.codes(file)))).map((each) => each[0]!);
  await nacre.close();
  const kbps = files.map((file, i) => {
    const { channels, sampleRate } = sounds[i]!;
    return (trimLayers(file, 2).length * 8 * sampleRate) / channels[0]!.length / 1000;
  });
  expect(result.prefixes[1]!.kbps.mean).toBeCloseTo(kbps.reduce((a, b) => a + b) / kbps.length, 9);
  const counted = codes.flat().reduce((sum, { data }) => sum + data.length, 0);
  expect(result.codebooks!.map((each) => each.codes)).toEqual([counted, counted, counted, counted]);
  const [first, second] = result.prefixes.map(({ measures }) => measures.siSdr!.mean);
  expect(result.steps[0]!.gain.siSdr).toBeCloseTo(second! - first!, 9);
});

test("quiet clips and loud ones are told apart, and each half has the means of its own", async () => {
  const { threshold, quiet, loud } = result.byLoudness;
  const levels = await Promise.all(
    result.files.map(async (name) => integratedLoudness(await readAudio(join(folder, name)))),
  );
  expect(quiet!.files).toEqual(result.files.filter((_, i) => levels[i]! < threshold));
  expect(loud!.files).toEqual(result.files.filter((_, i) => levels[i]! >= threshold));
  expect([quiet!.files.length, loud!.files.length]).toEqual([2, 1]);
  const of = (half: typeof quiet) => half!.prefixes.at(-1)!.kbps;
  expect(2 * of(quiet).mean + of(loud).mean).toBeCloseTo(3 * result.prefixes.at(-1)!.kbps.mean, 9);
});

test("the sanity rows hold: the original is without fault, and a resampled one bounds every layer", () => {
  const [identity, ceiling] = result.sanity;
  expect(identity).toMatchObject({ holds: true, measures: { melDistance: { mean: 0 } } });
  expect(ceiling!.holds).toBe(true);
  expect(ceiling!.measures.melDistance!.mean).toBeLessThan(
    result.prefixes.at(-1)!.measures.melDistance!.mean,
  );
  // Two clips end at 8 kHz, the third goes down to 12 kHz at the model's rate.
  expect(identity!.bandwidth.high).toBeGreaterThan(20_000);
  expect(ceiling!.bandwidth.high).toBeLessThanOrEqual(12_000);
});

test("a folder without sounds is refused, by a benchmark that would repeat them as well", async () => {
  const empty = mkdtempSync(join(tmpdir(), "nacre-empty-"));
  try {
    const refusal = expect.objectContaining({ code: "media" });
    await expect(measureQuality(tinyModel, empty, () => {})).rejects.toEqual(refusal);
    await expect(measureSpeed(empty, { model: tinyModel, seconds: 1 })).rejects.toEqual(refusal);
    const missing = measureQuality(tinyModel, join(empty, "none"), () => {});
    await expect(missing).rejects.toEqual(expect.objectContaining({ code: "io" }));
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
});
