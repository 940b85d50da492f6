import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCodec } from "@nacre/codec";
import { readModel } from "@nacre/codec/node";
import { readAudio, wavBytes } from "@nacre/media";
import {
  buildStep,
  recipeFrom,
  startFrom,
  type TrainingNews,
  takesQuantizer,
  trainFolder,
  weightsOf,
} from "@nacre/training";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { runtime } from "../test/run-graph.js";
import { tinyRecipe } from "../test/tiny-recipe.js";

const folder = temporaryFolders();
const news: TrainingNews[] = [];
let [from, out, work] = ["", "", ""];

beforeAll(async () => {
  [from, out, work] = [folder(), folder(), folder()];
  for (const seed of [1, 2, 3]) {
    // Steady tones: one batch is like another, so that two of them can be compared.
    const pitch = 150 + 50 * seed;
    const wave = (i: number) => 0.3 * Math.sin((2 * Math.PI * pitch * i) / 24_000);
    const channels = [Float32Array.from({ length: 20_000 }, (_, i) => wave(i) + wave(3 * i))];
    writeFileSync(join(from, `${seed}.wav`), wavBytes({ sampleRate: 24_000, channels }));
  }
  await trainFolder({
    inputs: [from],
    out,
    work,
    name: "tones",
    recipe: tinyRecipe({ quantizer: { startEvery: 1 } }),
    steps: 40,
    onNews: (each) => news.push(each),
  });
});

describe("training on a folder", () => {
  test("ends with a model that codes a sound, in less error than silence has", async () => {
    expect(readdirSync(out).toSorted()).toEqual(["model.json", "tables.bin", "weights.safetensors"]);
    const model = await readModel(out);
    expect(model.config.name).toBe("tones");
    const codec = await createCodec(model, runtime);
    const { channels } = await readAudio(join(from, "1.wav"));
    const codes = await codec.codes(channels[0]!);
    expect(codes).toHaveLength(3);
    const decoded = await codec.synthesize(
      codes.map(({ data }) => data),
      channels[0]!.length,
    );
    expect(decoded).toHaveLength(channels[0]!.length);
    expect(decoded.every(Number.isFinite)).toBe(true);
    expect(decoded.some((x) => x !== 0)).toBe(true);
    await codec.close();
  });

  test("has made the loss fall, and told of the use of its codebooks", () => {
    expect(news.map(({ step }) => step)).toEqual([20, 40]);
    expect(news[1]!.metrics.mel).toBeLessThan(news[0]!.metrics.mel!);
    for (const layer of [1, 2, 3]) expect(news[1]!.metrics[`perplexity.${layer}`]).toBeGreaterThan(1.5);
  });

  test("goes on where it stopped when it is called again, without packing anew", async () => {
    const packed: number[] = [];
    const { step } = await trainFolder({
      inputs: [from],
      out,
      work,
      name: "tones",
      recipe: tinyRecipe({ quantizer: { startEvery: 1 } }),
      steps: 44,
      onPack: (done) => packed.push(done),
      onNews: (each) => news.push(each),
    });
    expect(step).toBe(44);
    expect(news.at(-1)!.step).toBe(44);
    expect(packed).toEqual([]);
  });

  test("is refused for a recipe that does not exist", async () => {
    const unknown = trainFolder({ inputs: [from], out, work, recipe: "none" });
    await expect(unknown).rejects.toThrow(expect.objectContaining({ code: "option" }));
  });

  test("begins from a model that is given: its networks and codebooks, no start from data", async () => {
    const model = await readModel(out);
    const recipe = recipeFrom(model, tinyRecipe({ quantizer: { startEvery: 1 } }));
    const graph = buildStep(recipe);
    const { parameters } = weightsOf(graph, startFrom(model, recipe, graph));
    expect(recipe.quantizer).toMatchObject({ startEvery: 0 });
    expect(Object.keys(parameters).toSorted()).toEqual(Object.keys(model.parameters).toSorted());
    for (const [name, values] of Object.entries(parameters)) expect(values).toEqual(model.parameters[name]);
    const again = folder();
    const told: TrainingNews[] = [];
    const options = { inputs: [from], out: again, work: folder(), name: "tones", recipe, from: model };
    await trainFolder({ ...options, steps: 1, onNews: (each) => told.push(each) });
    expect(told[0]!.metrics.mel).toBeLessThan(1.3 * news[1]!.metrics.mel!);
    expect((await readModel(again)).config.provenance).toMatchObject({ from: "tones@1" });
  });

  test("lengthens a chain of codebooks: a new layer is the one below it, shrunk", async () => {
    const model = await readModel(out);
    const recipe = tinyRecipe({ quantizer: { layers: 4, startEvery: 1 } });
    expect(recipeFrom(model, recipe).quantizer).toMatchObject({ startEvery: 0, layers: 4 });
    const graph = buildStep(recipe);
    const books = weightsOf(graph, startFrom(model, recipe, graph)).parameters["quantizer.codebooks"]!;
    const stored = model.parameters["quantizer.codebooks"]!;
    const size = stored.length / 3;
    expect(books.subarray(0, stored.length)).toEqual(stored);
    const deviation = (from: number) => Math.hypot(...stored.subarray(from, from + size));
    const shrink = Math.min(1, deviation(2 * size) / deviation(size));
    for (let i = 0; i < size; i++) {
      expect(books[stored.length + i]).toBeCloseTo(shrink * stored[2 * size + i]!, 5);
    }
  });

  test("takes the networks alone when the quantizer is another", async () => {
    const model = await readModel(out);
    const recipe = tinyRecipe({ quantizer: { entries: 8, startEvery: 1 } });
    expect(takesQuantizer(model, recipe)).toBe(false);
    expect(recipeFrom(model, recipe)).toBe(recipe);
    const graph = buildStep(recipe);
    const { parameters } = weightsOf(graph, startFrom(model, recipe, graph));
    expect(parameters["encoder.head.weight"]).toEqual(model.parameters["encoder.head.weight"]);
    expect(parameters["quantizer.codebooks"]).toHaveLength(3 * 8 * recipe.encoder.latentDim);
  });

  test("takes all but the maps to and from the latent when that is of another width", async () => {
    const model = await readModel(out);
    const wide = tinyRecipe();
    const recipe = {
      ...wide,
      encoder: { ...wide.encoder, latentDim: 12 },
      decoder: { ...wide.decoder, latentDim: 12 },
    };
    const graph = buildStep(recipe);
    const { parameters } = weightsOf(graph, startFrom(model, recipe, graph));
    expect(parameters["decoder.head.weight"]).toEqual(model.parameters["decoder.head.weight"]);
    expect(parameters["decoder.embed.weight"]).toHaveLength(12 * recipe.decoder.dim);
  });

  test("refuses a model of other networks", async () => {
    const model = await readModel(out);
    const recipe = tinyRecipe();
    const other = { ...recipe, decoder: { ...recipe.decoder, blocks: 2 } };
    expect(() => startFrom(model, other, buildStep(other))).toThrow(
      expect.objectContaining({ code: "model", message: expect.stringContaining("decoder") }),
    );
  });
});
