import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { choiceOf } from "./choice.js";
import { makeModel } from "./make-model.js";
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
