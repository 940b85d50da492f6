import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@nacre/codec";
import { createRuntime } from "@nacre/runtime/node";
import { buildStep, initialState, type Recipe, train } from "@nacre/training";
import { describe, expect, test } from "vitest";
import { smallRecipe, temporaryFolders, toneCorpus } from "../test/small.js";
import { importCheckpoint } from "./import-checkpoint.js";

const folder = temporaryFolders();
const recipe = smallRecipe("speech-24k", 12);
const graph = buildStep(recipe);
const coded = (code: string) => expect.objectContaining({ code });

type Changes = { recipe?: Recipe; step?: (piece: number) => number; leaveOut?: number };

/** Three pieces of a state that is recognised, as the runner leaves them. */
function pieces({ recipe: of = { ...recipe, batch: 64 }, step = () => 10, leaveOut = -1 }: Changes = {}) {
  const home = join(folder(), "pieces");
  mkdirSync(home);
  const values = initialState(recipe, graph);
  values["quantizer.counts"]!.fill(7);
  for (let piece = 0; piece < 3; piece++) {
    if (piece === leaveOut) continue;
    const tensors = graph.state
      .filter((_, i) => i % 3 === piece)
      .map(({ name, shape }) => [name, { shape, data: values[name]! }]);
    const metadata = { recipe: JSON.stringify(of), step: `${step(piece)}`, seconds: "33.5" };
    const file = writeSafetensors(Object.fromEntries(tensors), { metadata });
    writeFileSync(join(home, `checkpoint-${piece + 1}-of-3.safetensors`), file);
  }
  writeFileSync(join(home, "log.jsonl"), '{"step":10}\n');
  return { home, values };
}

describe("pieces of a checkpoint", () => {
  test("become one with the recipe's own batch, and their log is added to the run's", async () => {
    const { home, values } = pieces();
    const run = join(folder(), "run");
    mkdirSync(run);
    writeFileSync(join(run, "log.jsonl"), '{"step":5}\n');
    expect(await importCheckpoint(home, recipe, run)).toEqual({ step: 10, seconds: 33.5 });
    const { tensors, metadata } = readSafetensors(readFileSync(join(run, "checkpoint.safetensors")));
    for (const { name } of graph.state) expect(tensors[name]!.data).toEqual(values[name]);
    expect(JSON.parse(metadata.recipe!)).toEqual(recipe);
    expect(readFileSync(join(run, "log.jsonl"), "utf8")).toBe('{"step":5}\n{"step":10}\n');
    expect(readdirSync(run).toSorted()).toEqual(["checkpoint.safetensors", "log.jsonl"]);
  });

  test("are trained on by the training package from the step that they name", async () => {
    const run = join(folder(), "run");
    await importCheckpoint(pieces().home, recipe, run);
    const steps: number[] = [];
    await train({
      recipe,
      corpus: toneCorpus(),
      folder: run,
      runtime: createRuntime({ worker: false }),
      threads: 1,
      logEvery: 1,
      onNews: (news) => steps.push(news.step),
    });
    expect(steps).toEqual([11, 12]);
  });

  test.each<[string, Changes]>([
    ["of which one is missing", { leaveOut: 1 }],
    ["of two steps", { step: (piece) => 10 + (piece >> 1) }],
    ["of another recipe", { recipe: { ...recipe, losses: { ...recipe.losses, mel: 3 } } }],
    ["without a step", { step: () => Number.NaN }],
  ])("%s are refused, and nothing is written", async (_, changes) => {
    const { home } = pieces(changes);
    const run = join(folder(), "run");
    await expect(importCheckpoint(home, recipe, run)).rejects.toEqual(coded("model"));
    expect(existsSync(join(run, "checkpoint.safetensors"))).toBe(false);
    expect(existsSync(run) ? readdirSync(run) : []).toEqual([]);
  });

  test("do not replace a run's checkpoint unless they are told to", async () => {
    const run = folder();
    writeFileSync(join(run, "checkpoint.safetensors"), "mine");
    const { home } = pieces();
    await expect(importCheckpoint(home, recipe, run)).rejects.toEqual(coded("io"));
    expect(readFileSync(join(run, "checkpoint.safetensors"), "utf8")).toBe("mine");
    await importCheckpoint(home, recipe, run, { force: true });
    expect(readSafetensors(readFileSync(join(run, "checkpoint.safetensors"))).metadata.step).toBe("10");
  });

  test("are missed in a folder that does not exist", async () => {
    await expect(importCheckpoint(join(folder(), "no"), recipe, folder())).rejects.toEqual(coded("model"));
  });
});
