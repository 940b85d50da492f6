import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@nacre/codec";
// By name and not by path: a corpus on the disk is read by a thread, which only the built package has.
import { openCorpus, type Recipe, type TrainingNews, type TrainOptions, train } from "@nacre/training";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { packTones } from "../test/pack-tones.js";
import { runtime } from "../test/run-graph.js";
import { memoryCorpus, tone, toneCorpus } from "../test/sounds.js";
import { tinyRecipe } from "../test/tiny-recipe.js";

const folder = temporaryFolders();
const coded = (code: string) => expect.objectContaining({ code });

/** Trains, and answers with everything that came of it. */
async function trained(recipe: Recipe, home: string, options: Partial<TrainOptions> = {}) {
  const news: TrainingNews[] = [];
  const { step, weights } = await train({
    recipe,
    corpus: toneCorpus(),
    folder: home,
    runtime,
    threads: 1,
    logEvery: 1,
    onNews: (each) => news.push(each),
    ...options,
  });
  return { step, weights, news, home };
}

const checkpointOf = (home: string) => readSafetensors(readFileSync(join(home, "checkpoint.safetensors")));
const logOf = (home: string) =>
  readFileSync(join(home, "log.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("training", () => {
  test("makes the loss fall, tells how it goes, and leaves checkpoint and log", async () => {
    const recipe = tinyRecipe({ schedule: { steps: 60, decay: 20 } });
    const { news, home, step } = await trained(recipe, folder(), { validateEvery: 30 });
    expect(step).toBe(60);
    const mel = (from: number) =>
      news.slice(from, from + 10).reduce((sum, { metrics }) => sum + metrics.mel!, 0);
    expect(mel(50)).toBeLessThan(0.8 * mel(0));
    const [first, last] = [news[0]!, news.at(-1)!];
    expect(first.secondsLeft).toBeGreaterThan(0);
    expect(last.secondsLeft).toBe(0);
    // A step is 2 x 12 x 256 samples at 24 kHz.
    expect(last.pace.unit).toBe("s");
    expect(last.pace.amount * last.seconds).toBeCloseTo((60 * 2 * 12 * 256) / 24_000, 0);
    const validated = news.filter(({ validation }) => validation).map((each) => each.step);
    expect(validated).toEqual([30, 60]);
    expect(last.validation!.map(({ layers }) => layers)).toEqual([1, 2, 3]);
    expect(last.validation!.every(({ mel, siSdr }) => Number.isFinite(mel! + siSdr!))).toBe(true);
    expect(logOf(home)).toEqual(news);
    for (const name of ["mel", "waveform", "siSdr", "commitment", "gradientNorm", "perplexity.3", "dead.1"]) {
      expect(last.metrics[name]).toEqual(expect.any(Number));
    }
    expect(readdirSync(home).toSorted()).toEqual(["checkpoint.safetensors", "log.jsonl"]);
  });

  test("in two sittings is training in one, bit for bit", async () => {
    const recipe = tinyRecipe({ schedule: { steps: 20 } });
    const whole = await trained(recipe, folder());
    const stop = new AbortController();
    const begun = await trained(recipe, folder(), {
      signal: stop.signal,
      onNews: ({ step }) => step === 10 && stop.abort(),
    });
    expect(begun.step).toBe(10);
    const resumed = await trained(recipe, begun.home);
    expect(resumed.news[0]!.step).toBe(11);
    expect(checkpointOf(begun.home).tensors).toEqual(checkpointOf(whole.home).tensors);
    expect(resumed.weights).toEqual(whole.weights);
    const numbers = (home: string) => logOf(home).map(({ step, metrics }) => ({ step, metrics }));
    expect(numbers(begun.home)).toEqual(numbers(whole.home));
  });

  test("of a corpus on the disk, read by a thread, is training of the same sounds in memory", async () => {
    const packed = folder();
    await packTones(packed);
    const recipe = tinyRecipe({ schedule: { steps: 8 } });
    const onDisk = await openCorpus(packed);
    const threaded = await trained(recipe, folder(), { corpus: onDisk });
    const { folder: _, ...inMemory } = onDisk;
    const direct = await trained(recipe, folder(), { corpus: inMemory });
    expect(checkpointOf(threaded.home).tensors).toEqual(checkpointOf(direct.home).tensors);
    onDisk.close();
  });

  test("ends with a checkpoint when the signal comes, also between two saves", async () => {
    const stop = new AbortController();
    const recipe = tinyRecipe({ schedule: { steps: 1000, decay: 10 } });
    const { step, home } = await trained(recipe, folder(), {
      signal: stop.signal,
      onNews: ({ step }) => step === 3 && stop.abort(),
    });
    expect(step).toBe(3);
    expect(checkpointOf(home).metadata.step).toBe("3");
  });

  test("goes on along a longer schedule, but not with another recipe", async () => {
    const { home } = await trained(tinyRecipe({ schedule: { steps: 4, decay: 1 } }), folder());
    const longer = await trained(tinyRecipe({ schedule: { steps: 6, decay: 1 } }), home);
    expect(longer.news.map(({ step }) => step)).toEqual([5, 6]);
    const before = checkpointOf(home);
    for (const other of [
      { ...tinyRecipe(), batch: 3 },
      tinyRecipe({ losses: { siSdr: 1 } }),
      tinyRecipe({ quantizer: { update: "gradient" } }),
    ]) {
      await expect(trained(other, home)).rejects.toThrow(coded("model"));
    }
    expect(checkpointOf(home)).toEqual(before);
  });

  test("refuses a checkpoint that is damaged", async () => {
    const { home } = await trained(tinyRecipe({ schedule: { steps: 1 } }), folder());
    const path = join(home, "checkpoint.safetensors");
    writeFileSync(path, readFileSync(path).subarray(0, 5000));
    await expect(trained(tinyRecipe(), home)).rejects.toThrow(coded("model"));
  });

  test("with codebooks by gradient makes the loss fall as well", async () => {
    const recipe = tinyRecipe({ quantizer: { update: "gradient" }, schedule: { steps: 50, decay: 20 } });
    const { news, weights, home } = await trained(recipe, folder());
    expect(news[49]!.metrics.mel).toBeLessThan(0.8 * news[0]!.metrics.mel!);
    expect(weights.parameters["quantizer.codebooks"]).toEqual(
      checkpointOf(home).tensors["quantizer.average"]!.data,
    );
  });
});

describe("training that cannot go on", () => {
  /** A corpus that gives NaN from a certain read on. */
  const spoiled = (from: number) => {
    const corpus = memoryCorpus([1, 2, 3].map((seed) => tone(seed, 8000)));
    let reads = 0;
    const read: typeof corpus.read = (clip, offset, into) => {
      if (reads++ >= from) into.fill(Number.NaN);
      else corpus.read(clip, offset, into);
    };
    return { ...corpus, read };
  };

  test("leaves the state as it was, says so in the log, and gives up after some patience", async () => {
    const recipe = tinyRecipe({ schedule: { steps: 100 } });
    const home = folder();
    // Two reads a step: five good steps.
    const failing = trained(recipe, home, { corpus: spoiled(10), saveEvery: 1 });
    await expect(failing).rejects.toThrow(coded("runtime"));
    const log = logOf(home);
    expect(log.slice(0, 5).every(({ metrics }) => metrics.mel > 0)).toBe(true);
    expect(log.slice(5)).toHaveLength(21);
    expect(log.slice(5).every(({ skipped }) => skipped === "its numbers were not finite")).toBe(true);
    const good = folder();
    const stop = new AbortController();
    const corpus = spoiled(10);
    const onNews = ({ step }: TrainingNews) => step === 5 && stop.abort();
    await trained(recipe, good, { corpus: { ...corpus, validation: [] }, signal: stop.signal, onNews });
    expect(checkpointOf(home).tensors).toEqual(checkpointOf(good).tensors);
    expect(checkpointOf(home).metadata.step).toBe("25");
  });

  test("takes a few bad steps in its stride", async () => {
    const corpus = memoryCorpus([1, 2, 3].map((seed) => tone(seed, 8000)));
    let reads = 0;
    const read: typeof corpus.read = (clip, offset, into) => {
      corpus.read(clip, offset, into);
      if (reads++ === 6) into[0] = Number.NaN;
    };
    const { news, step } = await trained(tinyRecipe({ schedule: { steps: 8 } }), folder(), {
      corpus: { ...corpus, read },
    });
    expect(step).toBe(8);
    expect(news.map((each) => each.step)).toEqual([1, 2, 3, 5, 6, 7, 8]);
  });

  test("is refused at once without a clip to train on, or at another rate", async () => {
    const one = [tone(1, 8000)];
    const empty = memoryCorpus(one);
    await expect(trained(tinyRecipe(), folder(), { corpus: empty })).rejects.toThrow(coded("media"));
    const slow = memoryCorpus(one, { validation: 0, sampleRate: 16_000 });
    await expect(trained(tinyRecipe(), folder(), { corpus: slow })).rejects.toThrow(coded("media"));
  });

  test("ends with the reader's own words when the corpus breaks while it is used", async () => {
    const packed = folder();
    await packTones(packed);
    const corpus = await openCorpus(packed);
    const recipe = tinyRecipe({ schedule: { steps: 100 } });
    const onNews = ({ step }: TrainingNews) => step === 2 && writeFileSync(join(packed, "audio.s16"), "");
    const failing = trained(recipe, folder(), { corpus, onNews });
    await expect(failing).rejects.toThrow(coded("io"));
    corpus.close();
  });
});
