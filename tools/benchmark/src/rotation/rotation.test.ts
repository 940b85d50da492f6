import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRuntime } from "@nacre/runtime/node";
import { buildStep, type Corpus, tableRow } from "@nacre/training";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codebookFigures } from "./figures.js";
import { heldSounds } from "./held-sounds.js";
import { runTable, type TableOptions } from "./run-table.js";
import { contrastsOf, factors, recipeFor, settings } from "./settings.js";
import { trainSetting } from "./train-setting.js";

const runtime = createRuntime({ worker: false });
const home = mkdtempSync(join(tmpdir(), "nacre-rotation-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const coded = (code: string) => expect.objectContaining({ code });

/** Clips of 2 s: speaker a is trained on; b has two held clips, c one, d a short one. Each sample tells its clip. */
function corpusOfClips(): Corpus {
  const clip = (start: number, speaker: string, length = 48_000) => ({ start, length, speaker });
  return {
    sampleRate: 24_000,
    train: [clip(1, "a"), clip(2, "a")],
    validation: [clip(3, "b"), clip(4, "b"), clip(5, "c"), clip(6, "d", 100)],
    sources: [],
    read({ start }, offset, into) {
      for (let i = 0; i < into.length; i++) into[i] = 0.1 * start * Math.sin((offset + i) * 0.01 * start);
    },
    close: () => {},
  };
}

/** A setting's recipe with everything small that it does not name, layers started at once. */
function smallRecipe(name: string) {
  const setting = settings.find((each) => each.name === name)!;
  const recipe = recipeFor(setting, 1, 16);
  const small = { dim: 8, blocks: 1, latentDim: 8 };
  return {
    ...recipe,
    batch: 2,
    frames: 32,
    encoder: { ...recipe.encoder, ...small },
    decoder: { ...recipe.decoder, ...small },
    quantizer: { ...recipe.quantizer, layers: 2, entries: 16, decay: 0.5, startEvery: 1 },
  };
}

describe("the settings", () => {
  test("have names of their own, and every row after the default differs from all others", () => {
    expect(settings[0]).toEqual({
      name: "default",
      estimator: "rotation",
      composition: "per-layer",
      update: "moving-average",
      deadBelow: 0.1,
    });
    expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
    const rows = settings.map((each) => factors.map((factor) => each[factor]).join());
    expect(new Set(rows).size).toBe(settings.length);
  });

  test("are held against the default, and against each other where one factor differs", () => {
    const names = ["default", "straight-through", "whole", "straight-through-whole"];
    const found = contrastsOf(settings.filter(({ name }) => names.includes(name)));
    expect(found.map(({ setting, from, factor }) => `${setting} - ${from}: ${factor}`)).toEqual([
      "straight-through - default: estimator",
      "whole - default: composition",
      "straight-through-whole - default: estimator and composition",
      "straight-through-whole - straight-through: composition",
      "straight-through-whole - whole: estimator",
    ]);
  });

  test("of one seed differ in their factors alone, and draw the same rows", () => {
    const usual = recipeFor(settings[0]!, 2, 40);
    const rows = (recipe: typeof usual) => {
      const { table } = buildStep(recipe);
      return [1, 11, 40].map((step) => tableRow(recipe, table, step));
    };
    const wanted = rows(usual);
    for (const setting of settings) {
      const recipe = recipeFor(setting, 2, 40);
      const { name: _, ...own } = setting;
      expect(recipe).toEqual({
        ...usual,
        description: recipe.description,
        quantizer: { ...usual.quantizer, ...own },
      });
    }
    const other = recipeFor(settings.at(-1)!, 2, 40);
    expect(rows(other)).toEqual(wanted);
    expect(rows(recipeFor(settings[0]!, 3, 40))).not.toEqual(wanted);
  });
});

describe("each factor changes what it says and nothing before it", () => {
  type Metrics = Record<string, number>;
  const found = new Map<string, { metrics: Metrics[]; replaced: number }>();
  const names = ["default", "straight-through", "reflection", "rotation-unscaled", "whole", "gradient"];
  const all = [...names, "no-restart", "gradient-no-restart"];

  beforeAll(async () => {
    for (const name of all) {
      const metrics: Metrics[] = [];
      const onStep = (_: number, each: Readonly<Metrics>) => metrics.push({ ...each });
      const { replaced } = await trainSetting(smallRecipe(name), corpusOfClips(), {
        runtime,
        threads: 1,
        onStep,
      });
      found.set(name, { metrics, replaced });
    }
  });

  test("the first forward pass is the same bit for bit, the gradient of each is its own", () => {
    const first = (name: string) => found.get(name)!.metrics[0]!;
    for (const name of all) {
      for (const value of ["mel", "waveform", "commitment", "perplexity.1", "error.2"]) {
        expect(first(name)[value]).toBe(first("default")[value]);
      }
    }
    const norms = names.map((name) => first(name).gradientNorm!);
    expect(new Set(norms).size).toBe(names.length);
  });

  test("without restart the run is the default's until an entry would have been replaced, and none ever is", () => {
    expect(found.get("default")!.replaced).toBeGreaterThan(0);
    expect(found.get("gradient")!.replaced).toBeGreaterThan(0);
    expect(found.get("no-restart")!.replaced).toBe(0);
    expect(found.get("gradient-no-restart")!.replaced).toBe(0);
    const [kept, usual] = ["no-restart", "default"].map((name) =>
      found.get(name)!.metrics.map(({ mel }) => mel),
    );
    const parted = kept!.findIndex((mel, i) => mel !== usual![i]);
    const replacing = found
      .get("default")!
      .metrics.findIndex((each, i) => i > 1 && each["dead.1"]! + each["dead.2"]! > 0);
    expect(parted).toBeGreaterThan(0);
    expect(parted).toBeGreaterThanOrEqual(replacing);
  });
});

test("held sounds are of held speakers in turns, whole crops alone", () => {
  const { audio, speakers } = heldSounds(corpusOfClips(), { items: 6, samples: 24_000, seed: 1 });
  const loudest = Array.from({ length: 6 }, (_, item) =>
    Math.max(...audio.subarray(item * 24_000, (item + 1) * 24_000)),
  );
  const clips = loudest.map((level) => Math.round(level * 10));
  expect(speakers).toBe(2);
  for (const i of [0, 2, 4]) expect([3, 4]).toContain(clips[i]);
  for (const i of [1, 3, 5]) expect(clips[i]).toBe(5);
  expect(() => heldSounds(corpusOfClips(), { items: 1, samples: 50_000, seed: 1 })).toThrow(coded("media"));
});

test("errors are shares of the energy about the mean, usage and perplexity are the codes' own", () => {
  // Two frames of one value, 10 and 14: about their mean 12 an energy of 8.
  const figures = codebookFigures(
    {
      target: Float32Array.of(10, 14),
      codes: [Int32Array.of(0, 1), Int32Array.of(3, 3)],
      quantized: [Float32Array.of(11, 13), Float32Array.of(10, 13)],
    },
    4,
  );
  expect(figures).toEqual({
    usage: 0.375,
    perplexity: 1.5,
    "usage.1": 0.5,
    "perplexity.1": 2,
    "error.1": 0.25,
    "left.1": 0.25,
    "usage.2": 0.25,
    "perplexity.2": 1,
    "error.2": 0.125,
    "left.2": 0.5,
  });
});

test("a table that is begun again keeps its finished runs, and refuses those of another length", async () => {
  const corpus = corpusOfClips();
  const options: TableOptions = {
    corpus,
    folder: home,
    settings: settings.slice(0, 1),
    seeds: 1,
    steps: 2,
    held: { items: 2, heard: 1, frames: 48, seed: 1 },
    threads: 1,
    finished: false,
    onNews: () => {},
  };
  const told: number[] = [];
  const first = await runTable({ ...options, onNews: ({ step }) => told.push(step) });
  expect(told).toEqual([1, 2]);
  expect(readdirSync(home)).toEqual(["default-1.json"]);
  expect(first[0]!.figures["siSdr.6"]).toBeLessThan(50);
  // Crops of a third of a second are too short for STOI: no value, not a value that means something.
  expect(first[0]!.figures).not.toHaveProperty("stoi.6");
  const unread = () => {
    throw new Error("read again");
  };
  expect(await runTable({ ...options, corpus: { ...corpus, read: unread } })).toEqual(first);
  expect(await runTable({ ...options, settings: settings.slice(0, 2), finished: true })).toEqual(first);
  // The second process of two that share the folder sees its own seeds alone.
  expect(await runTable({ ...options, seeds: 2, first: 2, finished: true })).toEqual([]);
  await expect(runTable({ ...options, steps: 3 })).rejects.toEqual(coded("option"));
});
