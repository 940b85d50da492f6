import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStream } from "@nacre/bitstream";
import { createCodec, fileCodes, readSafetensors, writeSafetensors } from "@nacre/codec";
import { readModel } from "@nacre/codec/node";
import { buildStep, recipes, type TrainingNews, tableRow, train, writeModel } from "@nacre/training";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { openStep } from "../test/open-step.js";
import { dot, runtime } from "../test/run-graph.js";
import { tone, toneCorpus } from "../test/sounds.js";
import { tinyRecipe, tinyScalarRecipe } from "../test/tiny-recipe.js";
import { writeWhole } from "./write-whole.js";

const folder = temporaryFolders();

describe("a recipe of finite scalars", () => {
  const news: TrainingNews[] = [];
  const out = folder();
  const recipe = tinyScalarRecipe({ schedule: { steps: 60, decay: 20 } });

  beforeAll(async () => {
    const corpus = toneCorpus();
    const onNews = (each: TrainingNews) => news.push(each);
    const run = { recipe, corpus, folder: folder(), runtime, threads: 1, logEvery: 1, onNews };
    const { weights } = await train(run);
    const label = { name: "scalars", version: 1, description: "", licence: "none", provenance: {} };
    await writeModel(out, recipe, weights, label, corpus, runtime);
  });

  test("makes the loss fall, and better with more layers", () => {
    const mel = (from: number) =>
      news.slice(from, from + 10).reduce((sum, { metrics }) => sum + metrics.mel!, 0);
    expect(mel(50)).toBeLessThan(0.8 * mel(0));
    const validation = news.at(-1)!.validation!;
    expect(validation.map(({ layers }) => layers)).toEqual([1, 2, 3]);
    expect(validation[2]!.mel!).toBeLessThan(validation[0]!.mel!);
  });

  test("tells perplexity, unused levels and error of every layer, and no commitment", () => {
    const { metrics } = news.at(-1)!;
    for (const layer of [1, 2, 3]) {
      expect(metrics[`perplexity.${layer}`]).toBeGreaterThan(1);
      expect(metrics[`perplexity.${layer}`]).toBeLessThanOrEqual(3);
      expect(metrics[`dead.${layer}`]).toBeLessThan(19);
    }
    expect(metrics["error.3"]).toBeLessThan(metrics["error.1"]! / 8);
    expect(metrics).not.toHaveProperty("commitment");
  });

  test("ends with a model that codes a sound, every prefix of layers nearer to it", async () => {
    const model = await readModel(out);
    const { kind, layers } = model.config.quantizer;
    expect([kind, layers]).toEqual(["residual-finite-scalar", 3]);
    const codec = await createCodec(model, runtime);
    const sound = tone(1, 12_000);
    const parts: Uint8Array[] = [];
    const blocks = (async function* () {
      yield [sound];
    })();
    const stream = { sampleRate: 24_000, channelCount: 1, length: sound.length, blocks };
    for await (const part of codec.encode(stream, { sampleRate: 24_000, finalLength: () => sound.length }))
      parts.push(part);
    const file = new Uint8Array(Buffer.concat(parts));
    expect(readStream(file).header.layers).toHaveLength(3);
    const codes = (await codec.codes(sound)).map(({ data }) => data);
    expect(fileCodes(model, file).map(([first]) => first!.data)).toEqual(codes);
    const lengths = [1, 2, 3].map(
      async (k) => (await codec.synthesize(codes.slice(0, k), sound.length)).length,
    );
    expect(await Promise.all(lengths)).toEqual([12_000, 12_000, 12_000]);
    const target = model.quantizer.target(await codec.latent(sound));
    const left = [1, 2, 3].map((k) => {
      const rest = model.quantizer.dequantize(codes.slice(0, k)).map((x, i) => x - target[i]!);
      return dot(rest, rest);
    });
    expect(left[1]).toBeLessThan(left[0]! / 2);
    expect(left[2]).toBeLessThan(left[1]! / 2);
    await codec.close();
  });

  test("resumes to the same bits, having nothing but the networks to remember", async () => {
    const short = tinyScalarRecipe({ schedule: { steps: 6 } });
    const home = folder();
    const stop = new AbortController();
    const options = { corpus: toneCorpus(), recipe: short, folder: home, runtime, threads: 1, logEvery: 1 };
    const onNews = ({ step }: TrainingNews) => step === 3 && stop.abort();
    await train({ ...options, signal: stop.signal, onNews });
    const resumed = await train(options);
    const whole = await train({ ...options, folder: folder() });
    expect(resumed.weights).toEqual(whole.weights);
    const names = buildStep(short).state.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("quantizer"))).toEqual([]);
  });

  test.each(["rotation", "reflection"])("trains through %s", async (estimator) => {
    const step = await openStep(tinyScalarRecipe({ quantizer: { estimator } }));
    const audio = Float32Array.from([...tone(1, 12 * 256), ...tone(2, 12 * 256)]);
    const { metrics } = await step.run(step.initial, audio, 1);
    expect(metrics.gradientNorm).toBeGreaterThan(0);
  });

  test.each([
    ["levels of another width", tinyScalarRecipe({ quantizer: { levels: [2, 2] } })],
    ["a layer finer than float32", tinyScalarRecipe({ quantizer: { layers: 20 } })],
    ["a commitment", tinyScalarRecipe({ losses: { commitment: 0.25 } })],
    ["an unknown estimator", tinyScalarRecipe({ quantizer: { estimator: "none" } })],
    ["an unknown grid", tinyScalarRecipe({ quantizer: { variant: "none" as "symmetric" } })],
  ])("with %s is refused, and pinned codes are too", (_, refused) => {
    expect(() => buildStep(refused)).toThrow(expect.objectContaining({ code: "option" }));
    expect(() => buildStep(recipe, { pinned: true })).toThrow(expect.objectContaining({ code: "option" }));
  });

  test("has a shipped one of ten bits a layer, as the vectors have", () => {
    const shipped = recipes.find(({ name }) => name === "speech-24k-fsq")!;
    const { table } = buildStep(shipped);
    expect(table.width).toBe(5 + shipped.batch * 12);
    expect(tableRow(shipped, table, 1)).toHaveLength(table.width);
    const { quantizer } = shipped;
    if (quantizer.kind !== "residual-finite-scalar") throw new Error("another kind");
    expect(quantizer.levels.reduce((bits, count) => bits + Math.log2(count), 0)).toBe(10);
  });
});

test("a checkpoint from before recipes had kinds of quantizers is resumed as residual vectors", async () => {
  const home = folder();
  const recipe = tinyRecipe({ schedule: { steps: 2 } });
  const options = { corpus: toneCorpus(), runtime, threads: 1, logEvery: 1, folder: home };
  await train({ ...options, recipe });
  const path = join(home, "checkpoint.safetensors");
  const { tensors, metadata } = readSafetensors(readFileSync(path));
  const { kind, ...old } = recipe.quantizer;
  expect(JSON.parse(metadata.recipe!).quantizer).toEqual({ kind, ...old });
  const stored = { ...metadata, recipe: JSON.stringify({ ...recipe, quantizer: old }) };
  await writeWhole(path, writeSafetensors(tensors, { metadata: stored }));
  const { step } = await train({
    ...options,
    recipe: { ...recipe, schedule: { ...recipe.schedule, steps: 4 } },
  });
  expect(step).toBe(4);
  const other = train({ ...options, recipe: tinyScalarRecipe() });
  await expect(other).rejects.toThrow(expect.objectContaining({ code: "model" }));
});
