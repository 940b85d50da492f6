import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCodec } from "@nacre/codec";
import { readModel } from "@nacre/codec/node";
import { readAudio, wavBytes } from "@nacre/media";
import { type TrainingNews, trainFolder } from "@nacre/training";
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
});
