import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCorpusWriter } from "@nacre/training";
import { afterEach, beforeEach, expect, test } from "vitest";
import { codebooksOf, measureCodebooks } from "./codebooks.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-codebooks-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("codes of all pieces are counted together", () => {
  const [row] = codebooksOf([[Int32Array.of(0, 0, 1), Int32Array.of(1, 2, 2)]], 4);
  expect(row).toMatchObject({ layer: 1, codes: 6, usage: 0.75 });
  expect(row!.perplexity).toBeCloseTo(3, 10);
  expect(row!.entropyBits).toBeCloseTo(Math.log2(3), 10);
});

test("only held speakers are counted, and every frame of them once", async () => {
  const writer = await createCorpusWriter(folder, 24_000);
  const about = { source: "own", licence: "CC0-1.0", path: "a" };
  const sound = (length: number, pitch: number) =>
    Float32Array.from({ length }, (_, i) => 0.3 * Math.sin((i * pitch) / 24_000));
  await writer.add(sound(60_000, 900), { ...about, speaker: "a", split: "train" });
  await writer.add(sound(48_000, 1500), { ...about, speaker: "b", split: "validation" });
  await writer.add(sound(24_000, 2500), { ...about, speaker: "c", split: "validation" });
  await writer.finish();
  const found = await measureCodebooks(undefined, folder, () => {});
  expect(found).toMatchObject({ clips: 2, seconds: 3 });
  // 75 frames a second, and those at the end that hold what the decoder still needs.
  for (const { codes, perplexity } of found.codebooks) {
    expect(codes).toBeGreaterThanOrEqual(3 * 75);
    expect(codes).toBeLessThan(3 * 75 + 10);
    expect(perplexity).toBeGreaterThan(1);
  }
}, 30_000);
