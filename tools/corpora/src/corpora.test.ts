import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavBytes } from "@nacre/media";
import { openCorpus } from "@nacre/training";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchSource } from "./fetch.js";
import { packSources } from "./pack.js";
import type { Source } from "./source.js";
import { parseLicences } from "./sources/gcompris.js";
import { sources } from "./sources.js";
import { trimSilence } from "./trim.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-corpora-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the list of GCompris gives every file its voice and its licence", () => {
  const known = parseLicences(
    "./af/alphabet:\nU0061.ogg   Hermien Bos 2011 / GPL\n\n./de/words:\nbaum.ogg  Smart4Kids.com Creative Common License BY-SA\nhaus.ogg   / GPL V3+\n./notes.txt  nobody / GPL\n",
  );
  expect(known.get("af/alphabet/U0061.ogg")).toEqual({ speaker: "Hermien Bos 2011", licence: "GPL" });
  expect(known.get("de/words/baum.ogg")?.licence).toContain("BY-SA");
  expect(known.get("de/words/haus.ogg")).toEqual({ speaker: "de", licence: "GPL V3+" });
  expect(known.size).toBe(3);
});

test("a file without a stated licence is not taken from any source", async () => {
  const [first] = sources.filter(({ name }) => name === "gcompris");
  writeFileSync(join(folder, "LICENSE"), "./de/words:\nbaum.ogg  A / GPL\n");
  const rule = await first!.open(folder);
  expect(rule("de/words/baum.ogg")).toBeDefined();
  expect(rule("de/words/unlisted.ogg")).toBeUndefined();
});

test("LibriSpeech gives one speaker per reader, and never the reader that measuring uses", async () => {
  const rule = await sources.find(({ name }) => name === "librispeech")!.open(folder);
  const path = (speaker: number) => `audio_data/librispeech_train-clean-100/${speaker}-1-0000.flac`;
  expect(rule(path(103))).toEqual({ speaker: "103", licence: "CC-BY-4.0" });
  expect(rule(path(1088))).toBeUndefined();
  expect(rule("audio_data/librispeech_test-other/367-1-0000.flac")).toBeUndefined();
});

test("Tux Paint's sound effects are told from its spoken descriptions by their names", async () => {
  const rule = await sources.find(({ name }) => name === "tux-paint")!.open(folder);
  const path = (name: string) => `usr/share/tuxpaint/stamps/animals/${name}`;
  expect(rule(path("frog_desc_en_GB.ogg"))?.speaker).toBe("en_GB");
  expect(rule(path("frog_fr.ogg"))?.speaker).toBe("fr");
  expect(rule(path("frog.ogg"))).toBeUndefined();
});

test("silence is cut at both ends and kept inside", () => {
  const rate = 1000;
  const sound = new Float32Array(3000);
  for (const [from, to] of [
    [1000, 1200],
    [1800, 2000],
  ] as const)
    sound.fill(0.5, from, to);
  const cut = trimSilence(sound, rate, 0.1);
  expect(cut.byteOffset / 4).toBe(900);
  expect(cut.length).toBe(1200);
  expect(trimSilence(new Float32Array(500), rate)).toHaveLength(0);
});

test("packing keeps speakers apart, names what it could not read, and leaves out the short", async () => {
  const root = join(folder, "source");
  await mkdir(root);
  const tone = (seconds: number) =>
    wavBytes({
      sampleRate: 8000,
      channels: [Float32Array.from({ length: seconds * 8000 }, (_, n) => 0.4 * Math.sin(n / 3))],
    });
  for (const [name, bytes] of Object.entries({
    "ann-1.wav": tone(2),
    "bob-1.wav": tone(1),
    "bob-2.wav": tone(0.5),
    "ann-2.wav": new Uint8Array([1, 2, 3]),
  })) {
    writeFileSync(join(root, name), bytes);
  }
  const source: Source = {
    name: "toy",
    from: { kind: "git", url: "" },
    credit: "",
    held: (speaker) => speaker === "bob",
    open: async () => (path) => ({ speaker: path.split("-")[0]!, licence: "CC0" }),
  };
  const [result] = await packSources([{ source, root }], join(folder, "packed"), 24_000, () => {});
  expect(result).toMatchObject({ name: "toy", clips: 2 });
  expect(result!.failed).toHaveLength(1);
  expect(result!.failed[0]).toContain("ann-2.wav");
  const corpus = await openCorpus(join(folder, "packed"));
  expect(corpus.train.map(({ length }) => length / 24_000)).toEqual([2]);
  expect(corpus.validation.map(({ length }) => length / 24_000)).toEqual([1]);
  corpus.close();
});

test("what is already fetched is not fetched again, and a program that is missing is named", async () => {
  const source = { ...sources[0]!, name: "there" };
  await mkdir(join(folder, "there"));
  expect(await fetchSource(source, folder)).toBe(join(folder, "there"));
  const before = process.env.PATH;
  process.env.PATH = folder;
  try {
    await expect(fetchSource({ ...source, name: "absent" }, folder)).rejects.toMatchObject({ code: "io" });
  } finally {
    process.env.PATH = before;
  }
});
