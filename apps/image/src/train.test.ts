import { mkdirSync, writeFileSync } from "node:fs";
import { pictureRecipes, type ScalarPictureRecipe } from "@nacre/training";
import { expect, test } from "vitest";
import { call, png, sandbox, waves } from "../test/program.js";

const base = pictureRecipes.find(
  ({ quantizer }) => quantizer.kind === "residual-scalar",
) as ScalarPictureRecipe;

test("a model trained on a folder of the user's own encodes and decodes", async () => {
  const at = sandbox();
  const small = { dim: 8, blocks: 1, kernel: 3, latentDim: 4, sideChannels: 2 };
  const recipe = {
    ...base,
    name: "tiny",
    batch: 1,
    crop: 64,
    encoder: { ...base.encoder, ...small, sideDim: 4 },
    decoder: { ...base.decoder, ...small, layers: 2, fineDim: 4, fineBlocks: 1 },
    quantizer: { ...base.quantizer, layers: 2, reach: 15 },
    context: { ...base.context, tables: 8 },
    distortion: [0.002, 0.02],
    structure: 0,
  };
  mkdirSync(at("mine"));
  for (const [at_, size] of [90, 120, 40].entries())
    writeFileSync(at("mine", `${at_}.png`), await png(waves(size, 100)));
  writeFileSync(at("recipe.json"), JSON.stringify(recipe));
  const argv = ["train", at("mine"), "-o", at("my-model"), "--recipe", at("recipe.json"), "--steps", "2"];
  const trained = await call([...argv, "--json"]);
  expect(trained).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(trained.out.toString())).toMatchObject({ model: at("my-model"), steps: 2 });
  expect(await call(argv)).toMatchObject({ code: 1, err: expect.stringContaining("already holds a model") });
  const photo = at("mine", "0.png");
  const encoded = await call(["encode", photo, "-o", at("a.nacre"), "-m", at("my-model"), "--json"]);
  expect(JSON.parse(encoded.out.toString())).toMatchObject({ layers: 2, size: [90, 100] });
  const decoded = await call(["decode", at("a.nacre"), "-m", at("my-model"), "--json"]);
  expect(JSON.parse(decoded.out.toString())).toMatchObject({ size: [90, 100], layers: 2 });
});

test("what cannot be trained on, a recipe of sound and a model to begin from are refused in words", async () => {
  const at = sandbox();
  mkdirSync(at("mine"));
  writeFileSync(at("mine", "small.png"), await png(waves(40, 40)));
  const cases: [string[], RegExp][] = [
    [["train", at("mine"), "-o", at("m")], /no picture to train on.*small\.png is 40 x 40 pixels/],
    [["train", at("mine"), "-o", at("m"), "--recipe", "speech-24k"], /speech-24k.*one of photo/],
    [["train", at("mine"), "-o", at("m"), "--from", "photo"], /--from photo.*cannot be begun from/],
  ];
  for (const [argv, words] of cases) {
    const { code, err } = await call(argv);
    expect([code, err]).toEqual([1, expect.stringMatching(words)]);
  }
});
