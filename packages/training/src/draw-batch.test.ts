import { join } from "node:path";
// By name: the thread of a feed is a file of the built package.
import {
  type Augmentation,
  buildStep,
  drawBatch,
  initialState,
  loadCheckpoint,
  openCorpus,
  openFeed,
  recipeByName,
  saveCheckpoint,
} from "@nacre/training";
import { describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { packTones } from "../test/pack-tones.js";
import { toneCorpus } from "../test/sounds.js";
import { tinyRecipe } from "../test/tiny-recipe.js";
import { viewsOf } from "./optimizer/chunks.js";

const folder = temporaryFolders();
const samples = 3000;
const often: Augmentation = {
  mix: { chance: 0.5, level: [-15, 0] },
  noise: { chance: 0.5, snr: [10, 40] },
  lowPass: { chance: 0.5, cutoffs: [4000, 8000] },
  telephone: { chance: 0.2 },
};

function drawn(step: number, parts?: Augmentation, before: number[] = []): Float32Array {
  const corpus = toneCorpus();
  const into = new Float32Array(4 * samples);
  for (const each of [...before, step]) drawBatch(corpus, 1, each, 4, into, parts);
  return into;
}

describe("an augmented batch", () => {
  test("depends on seed and step alone, whatever was drawn before", () => {
    expect(drawn(5, often, [9, 1, 2])).toEqual(drawn(5, often));
    expect(drawn(5, often)).not.toEqual(drawn(6, often));
  });

  test("has the same crops as one that is not, changed or untouched", () => {
    const rarely: Augmentation = { telephone: { chance: 0.5 } };
    const items = Array.from({ length: 10 }, (_, i) => i + 1).flatMap((step) => {
      const [plain, changed] = [drawn(step), drawn(step, rarely)];
      return Array.from({ length: 4 }, (_, item) => {
        const part = (batch: Float32Array) => batch.subarray(item * samples, (item + 1) * samples);
        return part(plain).every((x, i) => x === part(changed)[i]);
      });
    });
    const untouched = items.filter(Boolean).length;
    expect(untouched).toBeGreaterThan(10);
    expect(untouched).toBeLessThan(30);
    expect(drawn(3, { telephone: { chance: 0 } })).toEqual(drawn(3));
    expect(drawn(3, {})).toEqual(drawn(3));
  });

  test("is never louder than full scale", () => {
    for (let step = 1; step <= 20; step++) {
      const peak = drawn(step, often).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      expect(peak).toBeLessThanOrEqual(1.0001);
    }
  });

  test("comes out of a feed as it is drawn, on its thread and without one, of the chosen sources alone", async () => {
    const home = folder();
    await packTones(home);
    const corpus = await openCorpus(home, { sources: ["tones"] });
    const options = { seed: 3, batch: 2, length: 2 * samples, augment: often };
    for (const each of [corpus, toneCorpus()]) {
      const feed = openFeed(each, options);
      for (const step of [1, 2, 7]) {
        const wanted = new Float32Array(options.length);
        drawBatch(each, options.seed, step, options.batch, wanted, often);
        expect(await feed.next(step)).toEqual(wanted);
      }
      await feed.close();
    }
    corpus.close();
  });
});

describe("a checkpoint", () => {
  const plain = tinyRecipe();
  const graph = buildStep(plain);

  test("of a recipe from before there was augmentation is one without", async () => {
    expect(Object.keys(plain)).not.toContain("augment");
    const path = join(folder(), "checkpoint.safetensors");
    await saveCheckpoint(path, plain, graph, initialState(plain, graph), { step: 3, seconds: 1 });
    const into = initialState(plain, graph);
    expect(await loadCheckpoint(path, plain, graph, into)).toMatchObject({ step: 3 });
    const changed = { ...plain, augment: often };
    await expect(loadCheckpoint(path, changed, graph, into)).rejects.toThrow("another augment");
  });

  test("written by a release with another order of parameters gives each its own values", async () => {
    const path = join(folder(), "checkpoint.safetensors");
    const turned = {
      ...graph,
      chunks: graph.chunks.map((each) => ({ ...each, specs: each.specs.toReversed() })),
    };
    const state = initialState(plain, turned);
    for (const { name, size } of graph.chunks) {
      state[`first.${name}`]!.set(Float32Array.from({ length: size }, (_, at) => at));
    }
    await saveCheckpoint(path, plain, turned, state, { step: 3, seconds: 1 });
    const into = initialState({ ...plain, seed: 99 }, graph);
    await loadCheckpoint(path, plain, graph, into);
    for (const [i, chunk] of graph.chunks.entries()) {
      for (const kind of ["value", "first", "average"]) {
        const name = `${kind}.${chunk.name}`;
        expect(viewsOf(chunk, into[name]!)).toEqual(viewsOf(turned.chunks[i]!, state[name]!));
      }
    }
    expect(viewsOf(graph.chunks[0]!, into[`first.${graph.chunks[0]!.name}`]!)).not.toEqual(
      viewsOf(graph.chunks[0]!, state[`first.${graph.chunks[0]!.name}`]!),
    );
  });

  test("that lacks a parameter of the recipe is refused", async () => {
    const path = join(folder(), "checkpoint.safetensors");
    const [first, ...others] = graph.chunks;
    const renamed = { ...first!, specs: first!.specs.map((spec) => ({ ...spec, name: `old.${spec.name}` })) };
    const state = initialState(plain, graph);
    await saveCheckpoint(path, plain, { ...graph, chunks: [renamed, ...others] }, state, {
      step: 3,
      seconds: 1,
    });
    await expect(loadCheckpoint(path, plain, graph, state)).rejects.toMatchObject({ code: "model" });
  });

  test("with an augmentation fits the same alone", async () => {
    const path = join(folder(), "checkpoint.safetensors");
    const recipe = { ...plain, augment: often };
    const state = initialState(recipe, graph);
    await saveCheckpoint(path, recipe, graph, state, { step: 3, seconds: 1 });
    expect(await loadCheckpoint(path, recipe, graph, state)).toMatchObject({ step: 3 });
    await expect(loadCheckpoint(path, plain, graph, state)).rejects.toThrow("another augment");
  });
});

test("the recipes for speech change nothing but the gain, and the general one does", () => {
  for (const name of ["speech-24k", "speech-24k-fsq"]) expect(recipeByName(name).augment).toBeUndefined();
  const { augment } = recipeByName("general-24k");
  expect(() => buildStep({ ...tinyRecipe(), augment: augment! })).not.toThrow();
});

test("a recipe whose augmentation cannot be carried out is refused before anything runs", () => {
  expect(() => buildStep({ ...tinyRecipe(), augment: { telephone: { chance: 2 } } })).toThrow("chance 2");
});
