import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavBytes } from "@nacre/media";
import { openCorpus, readCorpusIndex } from "@nacre/training";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packSources } from "./pack.js";
import { divideSources } from "./reuse.js";
import type { Source } from "./source.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-corpora-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = (name: string): Source => ({
  name,
  kind: "speech",
  from: { kind: "git", url: "" },
  credit: "",
  held: (speaker) => speaker === "bob",
  open: async () => (path) => ({ speaker: path.split("-")[0]!, licence: "CC0" }),
});

async function rootWith(name: string, files: Record<string, number>): Promise<string> {
  const root = join(folder, name);
  await mkdir(root);
  for (const [path, pitch] of Object.entries(files)) {
    const samples = Float32Array.from({ length: 8000 }, (_, n) => 0.4 * Math.sin(n * pitch));
    writeFileSync(join(root, path), wavBytes({ sampleRate: 8000, channels: [samples] }));
  }
  return root;
}

test("a source that is packed already is taken over sample by sample, with what is said of it now", async () => {
  const [old, added] = [source("old"), source("added")];
  const before = join(folder, "before");
  const root = await rootWith("old", { "ann-1.wav": 0.3, "bob-1.wav": 0.4, "ann-2.wav": 0.5 });
  const [first] = await packSources([{ source: old, root }], before, 8000, () => {});
  const now = { ...old, kind: "music", held: (speaker: string) => speaker === "ann" } as const;
  const { packed, missing } = await divideSources([now, added], before, 8000);
  expect([packed, missing]).toEqual([[now], [added]]);
  const fetched = [{ source: added, root: await rootWith("added", { "eve-1.wav": 0.6 }) }];
  const both = join(folder, "both");
  const results = await packSources(fetched, both, 8000, () => {}, { folder: before, sources: packed });
  expect(results).toEqual([
    { ...first, held: 2 },
    { name: "added", clips: 1, seconds: 1, held: 0, failed: [] },
  ]);
  const bytes = readFileSync(join(before, "audio.s16"));
  expect(readFileSync(join(both, "audio.s16")).subarray(0, bytes.length)).toEqual(bytes);
  const { clips } = await readCorpusIndex(both);
  expect(clips.map(({ path, kind, split }) => [path, kind, split])).toEqual([
    ["ann-1.wav", "music", "validation"],
    ["ann-2.wav", "music", "validation"],
    ["bob-1.wav", "music", "train"],
    ["eve-1.wav", "speech", "train"],
  ]);
  const corpus = await openCorpus(both, { sources: ["added"] });
  expect(corpus.train).toHaveLength(1);
  corpus.close();
});

test("without a packed corpus everything is fetched, and one at another rate is refused", async () => {
  const all = [source("old")];
  expect(await divideSources(all, undefined, 8000)).toEqual({ packed: [], missing: all });
  const root = await rootWith("old", { "ann-1.wav": 0.3 });
  await packSources([{ source: all[0]!, root }], join(folder, "packed"), 8000, () => {});
  await expect(divideSources(all, join(folder, "packed"), 24_000)).rejects.toThrow(
    expect.objectContaining({ code: "option" }),
  );
});
