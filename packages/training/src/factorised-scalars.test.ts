import { createCodec } from "@nacre/codec";
import { readModel } from "@nacre/codec/node";
import { buildStep, initialState, train, writeModel } from "@nacre/training";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { dot, runtime } from "../test/run-graph.js";
import { tone, toneCorpus } from "../test/sounds.js";
import { tinyFactorisedRecipe } from "../test/tiny-recipe.js";

const folder = temporaryFolders();
const recipe = tinyFactorisedRecipe({ schedule: { steps: 60, decay: 20 } });
const label = { name: "tiny", version: 1, description: "", licence: "CC0-1.0", provenance: null };
const mels: number[] = [];
const lefts: number[][] = [];
let home = "";

beforeAll(async () => {
  home = folder();
  const corpus = toneCorpus();
  const { weights } = await train({
    recipe,
    corpus,
    folder: folder(),
    runtime,
    threads: 1,
    logEvery: 1,
    onNews: ({ metrics }) => {
      mels.push(metrics.mel!);
      lefts.push([1, 2, 3].map((layer) => metrics[`error.${layer}`]!));
    },
  });
  await writeModel(home, recipe, weights, label, { ...corpus, sources: [] }, runtime);
});

describe("training finite scalars behind maps", () => {
  test("makes the loss fall, and every layer leaves less than the one below", () => {
    const mean = (from: number) => mels.slice(from, from + 10).reduce((sum, mel) => sum + mel / 10, 0);
    expect(mean(50)).toBeLessThan(0.9 * mean(0));
    const [first, second, third] = lefts.at(-1)!;
    expect(second).toBeLessThan(first!);
    expect(third).toBeLessThan(second!);
  });

  test("moves its maps with the networks", () => {
    const graph = buildStep(recipe);
    const names = graph.chunks.flatMap(({ specs }) => specs.map(({ name }) => name));
    expect(names.filter((name) => name.startsWith("quantizer.")).toSorted()).toEqual([
      "quantizer.expand",
      "quantizer.offset",
      "quantizer.project",
    ]);
    expect(Object.keys(initialState(recipe, graph)).some((name) => name.includes("codebooks"))).toBe(false);
  });

  test("ends with a model whose prefixes approach the latent", async () => {
    const model = await readModel(home);
    expect(model.quantizer.alphabets[0]).toEqual([2, 2, 3, 2, 2]);
    const codec = await createCodec(model, runtime);
    const sound = tone(9, 12_000);
    const codes = (await codec.codes(sound)).map(({ data }) => data);
    const latent = await codec.latent(sound);
    const left = [1, 2, 3].map((k) => {
      const rest = model.quantizer.dequantize(codes.slice(0, k)).map((x, i) => x - latent[i]!);
      return dot(rest, rest);
    });
    expect(left[1]).toBeLessThan(left[0]!);
    expect(left[2]).toBeLessThan(left[1]!);
    const heard = await codec.synthesize(codes.slice(0, 2), sound.length);
    expect(heard).toHaveLength(sound.length);
    expect(heard.every(Number.isFinite)).toBe(true);
    await codec.close();
  });

  test("refuses pinned codes and levels of one", () => {
    const coded = expect.objectContaining({ code: "option" });
    expect(() => buildStep(recipe, { pinned: true })).toThrow(coded);
    expect(() => buildStep(tinyFactorisedRecipe({ quantizer: { levels: [1, 2] } }))).toThrow(coded);
  });
});
