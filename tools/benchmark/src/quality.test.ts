import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open, readAudio, trimLayers } from "@nacre/nacre";
import { expect, test } from "vitest";
import { measureQuality } from "./quality.js";
import { measureSpeed } from "./speed.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const tiny = join(root, "packages", "codec", "test", "tiny-model");

test("rates are those of trimmed files, codes are all counted, steps are differences of prefixes", async () => {
  const result = await measureQuality(tiny, join(root, "samples"), () => {});
  const nacre = await open(tiny);
  const sounds = await Promise.all(result.files.map((name) => readAudio(join(root, "samples", name))));
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

test("a folder without sounds is refused, by a benchmark that would repeat them as well", async () => {
  const empty = mkdtempSync(join(tmpdir(), "nacre-empty-"));
  try {
    const refusal = expect.objectContaining({ code: "media" });
    await expect(measureQuality(tiny, empty, () => {})).rejects.toEqual(refusal);
    await expect(measureSpeed(empty, { model: tiny, seconds: 1 })).rejects.toEqual(refusal);
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
});
