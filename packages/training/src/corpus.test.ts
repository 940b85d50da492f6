import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wavBytes } from "@nacre/media";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { packTones } from "../test/pack-tones.js";
import { memoryCorpus, tone, toneCorpus } from "../test/sounds.js";
import { openCorpus } from "./corpus.js";
import { createCorpusWriter } from "./corpus-writer.js";
import { drawBatch } from "./draw-batch.js";
import { packFolder } from "./pack-folder.js";

const folder = temporaryFolders();
const coded = (code: string) => expect.objectContaining({ code });
const clip = { source: "s", path: "p", speaker: "q", licence: "CC0-1.0" };

describe("a packed corpus", () => {
  test("gives back every sound to half a 16-bit step, by split, with zeros beyond its end", async () => {
    const home = folder();
    const sounds = await packTones(home);
    const corpus = await openCorpus(home);
    expect(corpus.sampleRate).toBe(24_000);
    const wanted = {
      train: sounds.filter((_, i) => i % 4 < 3),
      validation: sounds.filter((_, i) => i % 4 === 3),
    };
    for (const split of ["train", "validation"] as const) {
      expect(corpus[split].map(({ length }) => length)).toEqual(wanted[split].map(({ length }) => length));
      for (const [i, each] of corpus[split].entries()) {
        const found = new Float32Array(each.length + 50).fill(7);
        corpus.read(each, 10, found);
        const apart = found.map((x, t) => Math.abs(x - (wanted[split][i]![t + 10] ?? 0)));
        expect(Math.max(...apart)).toBeLessThanOrEqual(0.5 / 32768);
      }
    }
    corpus.close();
  });

  test("clips what is louder than full scale", async () => {
    const home = folder();
    const writer = await createCorpusWriter(home, 8000);
    await writer.add(Float32Array.of(2, -2, 0.5), { ...clip, split: "train" });
    await writer.finish();
    const corpus = await openCorpus(home);
    const found = new Float32Array(3);
    corpus.read(corpus.train[0]!, 0, found);
    expect([...found]).toEqual([32767 / 32768, -1, 0.5]);
    corpus.close();
  });

  test("cut short is refused when it is opened, and told when it happens later", async () => {
    const home = folder();
    await packTones(home);
    const corpus = await openCorpus(home);
    truncateSync(join(home, "audio.s16"), 1000);
    expect(() => corpus.read(corpus.train[1]!, 0, new Float32Array(100))).toThrow(coded("io"));
    corpus.close();
    await expect(openCorpus(home)).rejects.toThrow(coded("media"));
  });

  test.each([
    ["is absent", undefined, "io"],
    ["is not JSON", "{", "io"],
    ["is of another format", '{"format":2,"sampleRate":8000,"clips":[]}', "media"],
    ["has no clip to train on", '{"format":1,"sampleRate":8000,"clips":[]}', "media"],
  ])("is refused when its index %s", async (_, text, code) => {
    const home = folder();
    if (text !== undefined) writeFileSync(join(home, "index.json"), text);
    await expect(openCorpus(home)).rejects.toThrow(coded(code));
  });
});

describe("a choice of a corpus", () => {
  const packKinds = async () => {
    const home = folder();
    const writer = await createCorpusWriter(home, 8000);
    for (const [source, kind, length] of [
      ["readers", "speech", 100],
      ["games", "music", 200],
      ["drums", "music", 300],
      ["files", undefined, 400],
    ] as const) {
      for (const split of ["train", "validation"] as const)
        await writer.add(new Float32Array(length), { ...clip, source, split, ...(kind ? { kind } : {}) });
    }
    await writer.finish();
    return home;
  };

  test.each([
    [{}, [100, 200, 300, 400]],
    [{ kinds: ["music"] }, [200, 300]],
    [{ kinds: ["speech", "music"] }, [100, 200, 300]],
    [{ sources: ["readers", "drums"] }, [100, 300]],
    [{ sources: ["readers", "drums"], kinds: ["music"] }, [300]],
    [{ sources: ["files"] }, [400]],
  ] as const)("by %o has its clips in both splits, and no others", async (choice, lengths) => {
    const corpus = await openCorpus(await packKinds(), choice);
    for (const split of [corpus.train, corpus.validation])
      expect(split.map(({ length }) => length)).toEqual(lengths);
    expect(corpus.sources).toHaveLength(lengths.length);
    corpus.close();
  });

  test("is refused when the corpus does not have it, or nothing is left of it", async () => {
    const home = await packKinds();
    await expect(openCorpus(home, { sources: ["absent"] })).rejects.toThrow(/"absent".*readers, games/);
    await expect(openCorpus(home, { sources: ["readers"], kinds: ["music"] })).rejects.toThrow(
      coded("media"),
    );
    const plain = folder();
    await packTones(plain);
    await expect(openCorpus(plain, { kinds: ["music"] })).rejects.toThrow(coded("option"));
  });
});

describe("the writer of a corpus", () => {
  test("leaves nothing behind when nothing is there to train on", async () => {
    const home = folder();
    const writer = await createCorpusWriter(home, 8000);
    await writer.add(new Float32Array(100), { ...clip, split: "validation" });
    await expect(writer.finish()).rejects.toThrow(coded("media"));
    expect(readdirSync(home)).toEqual([]);
  });

  test("leaves nothing behind when it fails or is given up", async () => {
    const home = folder();
    const failing = await createCorpusWriter(home, 8000);
    const broken = null as unknown as Float32Array;
    await expect(failing.add(broken, { ...clip, split: "train" })).rejects.toThrow(TypeError);
    expect(readdirSync(home)).toEqual([]);
    const writer = await createCorpusWriter(home, 8000);
    await writer.discard();
    expect(readdirSync(home)).toEqual([]);
  });

  test("replaces an older corpus only when it has finished", async () => {
    const home = folder();
    await packTones(home);
    const writer = await createCorpusWriter(home, 8000);
    await writer.add(new Float32Array(100), { ...clip, split: "train" });
    expect((await openCorpus(home)).sampleRate).toBe(24_000);
    await writer.finish();
    expect((await openCorpus(home)).sampleRate).toBe(8000);
    expect(readdirSync(home).toSorted()).toEqual(["audio.s16", "index.json"]);
  });
});

describe("a batch", () => {
  test("depends on seed and step alone, whatever was drawn before", () => {
    const draw = (seed: number, step: number, before: number[] = []) => {
      const corpus = toneCorpus();
      const into = new Float32Array(2 * 3000);
      for (const each of before) drawBatch(corpus, seed, each, 2, into);
      drawBatch(corpus, seed, step, 2, into);
      return into;
    };
    expect(draw(1, 5)).toEqual(draw(1, 5, [1, 2, 9]));
    expect(draw(1, 5)).not.toEqual(draw(1, 6));
    expect(draw(1, 5)).not.toEqual(draw(2, 5));
  });

  test("never holds a clip of the validation part, and holds all others as often as they are long", () => {
    const corpus = memoryCorpus([1000, 3000, 2000, 4000, 9000].map((length) => tone(length, length)));
    const into = new Float32Array(4 * 500);
    for (let step = 1; step <= 500; step++) drawBatch(corpus, 1, step, 4, into);
    expect(corpus.reads.has(corpus.validation[0]!)).toBe(false);
    for (const each of corpus.train) {
      const share = corpus.reads.get(each)! / 2000;
      expect(Math.abs(share - each.length / 10_000)).toBeLessThan(0.03);
    }
  });

  test("has peaks between -18 and 0 dB, and pads a short clip with zeros", () => {
    const corpus = memoryCorpus([tone(1, 700).map((x) => 0.3 * x), tone(2, 700)]);
    const into = new Float32Array(1000);
    for (let step = 1; step <= 50; step++) {
      drawBatch(corpus, 1, step, 1, into);
      const peak = into.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      expect(20 * Math.log10(peak)).toBeGreaterThan(-18.01);
      expect(peak).toBeLessThanOrEqual(1.0001);
      expect(into.subarray(700).every((x) => x === 0)).toBe(true);
    }
  });
});

describe("packing a folder", () => {
  const write = (path: string, channels: Float32Array[], sampleRate = 24_000) =>
    writeFileSync(path, wavBytes({ sampleRate, channels }));

  test("names files that cannot be read or are too short, and goes on", async () => {
    const [from, to] = [folder(), folder()];
    write(join(from, "good.wav"), [tone(1, 12_000), tone(2, 12_000)]);
    write(join(from, "short.wav"), [tone(1, 100)]);
    writeFileSync(join(from, "broken.wav"), "no sound");
    writeFileSync(join(from, "notes.txt"), "not looked at");
    const heard: number[] = [];
    const { clips, seconds, skipped } = await packFolder([from], to, 24_000, (done) => heard.push(done));
    expect({ clips, seconds }).toEqual({ clips: 2, seconds: 1 });
    expect(skipped.map(({ path }) => path)).toEqual(
      ["broken.wav", "short.wav"].map((name) => join(from, name)),
    );
    expect(skipped[1]!.reason).toContain("0.00 s");
    expect(heard).toEqual([1, 2, 3]);
    const corpus = await openCorpus(to);
    expect(corpus.train).toHaveLength(2);
    corpus.close();
  });

  test("keeps the channels of a file in one split", async () => {
    const [from, to] = [folder(), folder()];
    for (let i = 10; i < 31; i++) write(join(from, `${i}.wav`), [tone(i, 8000), tone(i + 50, 8000)]);
    await packFolder([from], to, 24_000);
    const { clips } = JSON.parse(readFileSync(join(to, "index.json"), "utf8"));
    const held = clips.filter(({ split }: { split: string }) => split === "validation");
    expect(held.map(({ path }: { path: string }) => path)).toEqual(["29.wav", "29.wav"]);
  });

  test("without a usable sound is refused and leaves nothing behind", async () => {
    const [from, to] = [folder(), folder()];
    writeFileSync(join(from, "broken.wav"), "no sound");
    await expect(packFolder([from], to, 24_000)).rejects.toThrow(coded("media"));
    expect(readdirSync(to)).toEqual([]);
    await expect(packFolder([join(from, "absent")], to, 24_000)).rejects.toThrow(coded("io"));
  });
});
