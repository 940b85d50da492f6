import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyRecipeByName, buildStep, initialState, loadCheckpoint, saveCheckpoint } from "@nacre/training";
import { afterEach, beforeEach, expect, test } from "vitest";
import { choiceOf } from "./choice.js";
import { makeModel } from "./make-model.js";
import { mix } from "./mix.js";
import { run } from "./run.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nacre-train-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const often = { saveEvery: 1, validateEvery: 1 };

test("a recipe that does not exist and a corpus that is not there are told apart", async () => {
  await expect(run("no-such-recipe", { corpus: folder, folder, ...often })).rejects.toMatchObject({
    code: "option",
  });
  await expect(run("speech-24k", { corpus: folder, folder, ...often })).rejects.toMatchObject({ code: "io" });
});

test("a schedule of no steps is refused before anything is opened", async () => {
  await expect(run("speech-24k", { corpus: folder, folder, steps: 0, ...often })).rejects.toMatchObject({
    code: "option",
  });
});

test("a kind of sound that does not exist is refused before the corpus is opened", async () => {
  await expect(
    run("speech-24k", { corpus: folder, folder, kinds: "speech,noise", ...often }),
  ).rejects.toThrow(expect.objectContaining({ code: "option", message: expect.stringContaining("noise") }));
  expect(choiceOf({ sources: "gcompris,ufoai", kinds: "music" })).toEqual({
    sources: ["gcompris", "ufoai"],
    kinds: ["music"],
  });
  expect(choiceOf({})).toEqual({});
});

test("no model is made of a run that is damaged, and nothing is written", async () => {
  const out = join(folder, "model");
  mkdirSync(join(folder, "speech-24k"));
  writeFileSync(join(folder, "speech-24k", "checkpoint.safetensors"), "not a checkpoint");
  await expect(
    makeModel("speech-24k", { out, modelVersion: 1, corpus: folder, folder }),
  ).rejects.toMatchObject({ code: "model" });
  expect(existsSync(out)).toBe(false);
});

test("only clips of video have frames to choose", async () => {
  for (const name of ["photo", "speech-24k"]) {
    await expect(run(name, { corpus: folder, folder, frames: 5, ...often })).rejects.toMatchObject({
      code: "option",
    });
  }
  await expect(run("film", { corpus: folder, folder, frames: 5, ...often })).rejects.toMatchObject({
    code: "io",
  });
});

test("a mixture lies between two checkpoints, at its share, and can be gone on with", async () => {
  const recipe = anyRecipeByName("film");
  const graph = buildStep(recipe);
  const own = initialState(recipe, graph);
  const ones = Object.fromEntries(Object.entries(own).map(([name, values]) => [name, values.map(() => 1)]));
  mkdirSync(join(folder, "film"));
  const [path, other, out] = ["film/checkpoint.safetensors", "other", "mixed"].map((name) =>
    join(folder, name),
  );
  await saveCheckpoint(path!, recipe, graph, own, { step: 9, seconds: 4 });
  await saveCheckpoint(other!, recipe, graph, ones, { step: 5, seconds: 2 });
  await mix("film", { folder, with: other!, share: 0.25, out: out! });
  const read = initialState(recipe, graph);
  expect(await loadCheckpoint(out!, recipe, graph, read)).toEqual({ step: 9, seconds: 4 });
  for (const [name, values] of Object.entries(own)) {
    const between = values.map((value) => 0.75 * value + 0.25);
    expect([name, read[name]!.every((value, at) => value === between[at])]).toEqual([name, true]);
  }
  const refused = mix("film", { folder, with: other!, share: 1, out: out! });
  await expect(refused).rejects.toMatchObject({ code: "option" });
});
