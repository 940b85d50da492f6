import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wavBytes } from "@nacre/media";
import { openCorpus } from "@nacre/training";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchSource } from "./fetch.js";
import { equalPieces, mixedDown, packSources } from "./pack.js";
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

test("the prompts of Asterisk have their speaker and licence, and tones are not taken", async () => {
  const rule = await sources.find(({ name }) => name === "asterisk")!.open(folder);
  const path = (name: string) => `usr/share/asterisk/sounds/${name}.g722`;
  expect(rule(path("es_MX_f_Allison/digits/1"))).toEqual({ speaker: "Allison", licence: "CC-BY-SA-3.0" });
  expect(rule(path("it_IT_m_Carlo/vm-intro"))).toEqual({ speaker: "Carlo", licence: "CC-BY-3.0" });
  for (const name of ["beep", "beeperr", "ascending-2tone", "silence/3", "confbridge-join", "tt-weasels"])
    expect(rule(path(`en_US_f_Allison/${name}`))).toBeUndefined();
  expect(rule(path("en_US_f_Allison/confbridge-join-in"))).toBeDefined();
});

test("a track has the licence of its own file, and none is taken without one", async () => {
  const about = join(folder, "usr/share/doc/ufoai-music");
  await mkdir(about, { recursive: true });
  writeFileSync(join(about, "copyright"), "Files: base/music/a.ogg\nCopyright: A\nLicense: CC-BY-3.0\n");
  const rule = await sources.find(({ name }) => name === "ufoai")!.open(folder);
  const path = (name: string) => `usr/share/games/ufoai/base/0music.pk3/music/${name}.ogg`;
  expect(rule(path("a"))).toEqual({ speaker: "a", licence: "CC-BY-3.0" });
  expect(rule(path("b"))).toBeUndefined();
});

test("samples of one author are one speaker", async () => {
  const about = join(folder, "usr/share/doc/sonic-pi-samples");
  await mkdir(about, { recursive: true });
  const part = (name: string, year: number) =>
    `Files: etc/samples/${name}.flac\nCopyright: ${year} Sub-d\nLicense: CC0\n`;
  writeFileSync(join(about, "copyright"), [part("guit_a", 2007), part("guit_b", 2008)].join("\n"));
  const source = sources.find(({ name }) => name === "sonic-pi")!;
  const rule = await source.open(folder);
  for (const name of ["guit_a", "guit_b"]) {
    const found = rule(`usr/share/sonic-pi/samples/${name}.flac`);
    expect(found).toEqual({ speaker: "Sub-d", licence: "CC0" });
    expect(source.held(found!.speaker)).toBe(true);
  }
});

test("pieces are of one length, in order, and whole", () => {
  const samples = Float32Array.from({ length: 1003 }, (_, i) => i);
  const pieces = equalPieces(samples, 250);
  expect(pieces.map(({ length }) => length)).toEqual([201, 200, 201, 200, 201]);
  expect(pieces.flatMap((piece) => [...piece])).toEqual([...samples]);
  expect(equalPieces(samples, 1003)).toEqual([samples]);
  expect(equalPieces(samples.subarray(0, 0), 250)).toEqual([]);
});

test("a stereo sound is mixed down to its mean", () => {
  const channels = [Float32Array.of(1, 0.5, -1), Float32Array.of(0, 0.5, 1)];
  const { sampleRate, channels: mixed } = mixedDown({ sampleRate: 8000, channels });
  expect(sampleRate).toBe(8000);
  expect(mixed).toEqual([Float32Array.of(0.5, 0.5, 0)]);
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

test("packing keeps speakers apart, names what it could not read, leaves out the short and cuts the long", async () => {
  const root = join(folder, "source");
  await mkdir(root);
  const tone = (seconds: number) =>
    wavBytes({
      sampleRate: 8000,
      channels: [Float32Array.from({ length: seconds * 8000 }, (_, n) => 0.4 * Math.sin(n / 3))],
    });
  for (const [name, bytes] of Object.entries({
    "ann-1.wav": tone(45),
    "bob-1.wav": tone(1),
    "bob-2.wav": tone(0.5),
    "ann-2.wav": new Uint8Array([1, 2, 3]),
  })) {
    writeFileSync(join(root, name), bytes);
  }
  const source: Source = {
    name: "toy",
    kind: "music",
    from: { kind: "git", url: "" },
    credit: "",
    held: (speaker) => speaker === "bob",
    open: async () => (path) => ({ speaker: path.split("-")[0]!, licence: "CC0" }),
  };
  const [result] = await packSources([{ source, root }], join(folder, "packed"), 24_000, () => {});
  expect(result).toMatchObject({ name: "toy", clips: 4, seconds: 46, held: 1 });
  expect(result!.failed).toHaveLength(1);
  expect(result!.failed[0]).toContain("ann-2.wav");
  const corpus = await openCorpus(join(folder, "packed"), { kinds: ["music"] });
  expect(corpus.train.map(({ length }) => length / 24_000)).toEqual([15, 15, 15]);
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
