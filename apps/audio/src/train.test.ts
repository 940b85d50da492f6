import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readRecipe, recipes } from "@nacre/training";
import { expect, test } from "vitest";
import { call } from "../test/in-process.js";
import { nacre, sandbox, speech } from "../test/program.js";

const [base] = recipes;

test("a model trained on a folder of the user's own encodes and decodes", async () => {
  const at = sandbox();
  const small = { dim: 8, blocks: 1, latentDim: 4 };
  const recipe = {
    ...base,
    name: "tiny",
    batch: 1,
    frames: 40,
    encoder: { ...base!.encoder, ...small },
    decoder: { ...base!.decoder, ...small },
    quantizer: { ...base!.quantizer, layers: 2, entries: 8, startEvery: 1 },
    schedule: { rate: 1e-3, steps: 4, warmup: 1, decay: 1 },
  };
  writeFileSync(at("recipe.json"), JSON.stringify(recipe));
  const argv = [
    "train",
    dirname(speech),
    "-o",
    at("my-model"),
    "--recipe",
    at("recipe.json"),
    "--steps",
    "3",
    "--json",
  ];
  const trained = await nacre(argv);
  expect(trained).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(trained.out.toString())).toMatchObject({ model: at("my-model"), steps: 3 });
  expect(await call(argv)).toMatchObject({ code: 1, err: expect.stringContaining("already holds a model") });
  const encoded = await call(["encode", speech, "-o", at("a.nacre"), "-m", at("my-model"), "--json"]);
  expect(JSON.parse(encoded.out.toString())).toMatchObject({ layers: 2, samples: 103_200 });
  const decoded = await call(["decode", at("a.nacre"), "-m", at("my-model"), "--json"]);
  expect(JSON.parse(decoded.out.toString())).toMatchObject({ samples: 103_200, sampleRate: 16_000 });
}, 60_000);

test("training from a model begins with its sound, and is refused for another network", async () => {
  const at = sandbox();
  const recipe = { ...base!, batch: 1, frames: 40, schedule: { rate: 0, steps: 1, warmup: 1, decay: 1 } };
  writeFileSync(at("recipe.json"), JSON.stringify(recipe));
  const argv = ["train", dirname(speech), "--from", "speech-24k", "--json"];
  const trained = await call([...argv, "-o", at("mine"), "--recipe", at("recipe.json")]);
  expect(trained).toMatchObject({ code: 0 });
  const heard = async (model: string) => {
    const { out } = await call(["inspect", speech, "-m", model, "--json"]);
    return JSON.parse(out.toString()).layers.at(-1).quality.siSdr as number;
  };
  // At a rate of zero the weights stay; only codebooks move, by one step of their average.
  expect(Math.abs((await heard(at("mine"))) - (await heard("speech-24k")))).toBeLessThan(0.5);
  const other = { ...recipe, encoder: { ...base!.encoder, dim: 8 } };
  writeFileSync(at("other.json"), JSON.stringify(other));
  expect(await call([...argv, "-o", at("other"), "--recipe", at("other.json")])).toMatchObject({
    code: 1,
    err: expect.stringContaining("the same networks"),
  });
}, 60_000);

test("a recipe that lacks a part or has it of another kind is refused with the part's name", async () => {
  const at = sandbox();
  const { schedule, ...rest } = base!;
  writeFileSync(at("lacking.json"), JSON.stringify(rest));
  writeFileSync(at("wrong.json"), JSON.stringify({ ...rest, schedule: { ...schedule, steps: "many" } }));
  writeFileSync(at("text.json"), "steps: 3");
  await expect(readRecipe(at("lacking.json"), recipes)).rejects.toThrow("schedule is missing");
  await expect(readRecipe(at("wrong.json"), recipes)).rejects.toThrow("steps is a string, expected a number");
  await expect(readRecipe(at("text.json"), recipes)).rejects.toThrow("not JSON");
  await expect(readRecipe(at("none.json"), recipes)).rejects.toMatchObject({ code: "io" });
});
