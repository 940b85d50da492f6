import { existsSync } from "node:fs";
import { join } from "node:path";
import { initialValues } from "@nacre/blocks";
import { createPictureCodec } from "@nacre/codec";
import { readPictureModel } from "@nacre/codec/node";
import { constant, input } from "@nacre/graph";
import { createPictureCorpusWriter, openPictureCorpus, writePictureModel } from "@nacre/training";
import { expect, test } from "vitest";
import { temporaryFolders } from "../test/folders.js";
import { openGraph, runtime } from "../test/run-graph.js";
import { tinyGroupedRecipe, tinyPictureRecipe, wavePictures } from "../test/tiny-picture-recipe.js";
import { networkValue } from "./pictures/draw-crops.js";
import { pictureForward, pictureParameters } from "./pictures/picture-forward.js";

const folder = temporaryFolders();
const size = 128;
const recipe = tinyPictureRecipe();
const { layers } = recipe.quantizer;
const parameters = initialValues(pictureParameters(recipe), 4);
const label = { name: "waves", version: 2, description: "", licence: "CC0-1.0", provenance: null };

/** Waves as bytes: planes [3, size * size]. */
const bytesOf = (seed: number) =>
  Uint8Array.from(wavePictures(1, size, seed), (value) =>
    Math.max(0, Math.min(255, Math.round((value + 0.5) * 255))),
  );

async function packed(): Promise<string> {
  const out = folder();
  const writer = await createPictureCorpusWriter(out);
  for (const seed of [1, 2, 3, 4]) {
    const planes = bytesOf(seed);
    const pixels = planes.map((_, at) => planes[(at % 3) * size * size + Math.floor(at / 3)]!);
    const source = { source: "waves", path: `${seed}`, photographer: `${seed}`, licence: "CC0-1.0" };
    await writer.add(pixels, { width: size, height: size }, { ...source, split: "train" });
  }
  await writer.finish();
  return out;
}

test("the folder of trained weights codes what the training step codes, for the bits it said", async () => {
  const [corpus, out] = [await openPictureCorpus(await packed()), folder()];
  await writePictureModel(out, recipe, { parameters }, label, corpus, runtime);
  corpus.close();
  const model = await readPictureModel(out);
  expect([model.id, model.quantizer.layers, model.context.reach]).toEqual(["waves@2", layers, 20]);
  const codec = await createPictureCodec(model, runtime, { threads: 1 });

  const planes = bytesOf(9);
  const picture = {
    ...({ width: size, height: size, colour: "rgb", bitDepth: 8 } as const),
    planes: [0, 1, 2].map((plane) => planes.subarray(plane * size ** 2, (plane + 1) * size ** 2)),
  };
  const codes = await codec.codes(picture);
  const { layerBits, sideBits, ...trained } = await forward(planes);
  for (const [layer, expected] of trained.codes.entries()) {
    const found = codes[layer + 1]!.data;
    // Weights are halves in the folder: a value close to the middle of two points may go either way.
    const same = found.filter((code, at) => code - 20 === expected[at]).length;
    expect(same / found.length, `layer ${layer + 1}`).toBeGreaterThan(0.97);
  }
  const file: number[] = [];
  for await (const part of codec.encode(picture, { layers })) file.push(...part);
  const estimate = layerBits.reduce((sum, bits) => sum + bits, sideBits) / 8;
  // Counted tables fit better than the logistic of weights that have just been drawn.
  expect(file.length).toBeLessThan(estimate + 120);
  await codec.close();
});

test("a quantizer without a model of its own is refused before anything is written", async () => {
  const [corpus, out] = [await openPictureCorpus(await packed()), join(folder(), "model")];
  for (const kind of ["residual-vector", "residual-finite-scalar"] as const) {
    const wanted = writePictureModel(out, tinyGroupedRecipe(kind), { parameters }, label, corpus, runtime);
    await expect(wanted).rejects.toMatchObject({ code: "option", message: expect.stringContaining(kind) });
  }
  corpus.close();
  expect(existsSync(out)).toBe(false);
});

async function forward(planes: Uint8Array) {
  const baked = Object.fromEntries(
    pictureParameters(recipe).map(({ name, shape }) => [name, constant(parameters[name]!, shape)]),
  );
  const [pictures, mask] = [
    input("pictures", "float32", [1, 3, size, size]),
    input("mask", "float32", [1, layers]),
  ];
  const { coded, sideBits } = pictureForward(recipe, {
    parameters: baked,
    pictures,
    layerMask: mask,
    state: {},
    field: () => mask,
  });
  const { layerBits } = coded;
  const outputs = { side: sideBits };
  const all = Object.assign(
    outputs,
    ...coded.codes.map((each, layer) => ({ [`codes${layer}`]: each })),
    ...layerBits.map((each, layer) => ({ [`bits${layer}`]: each })),
  );
  const call = await openGraph([pictures, mask], all);
  const found = await call(Float32Array.from(planes, networkValue), new Float32Array(layers).fill(1));
  return {
    codes: coded.codes.map((_, layer) => found[`codes${layer}`]!),
    layerBits: layerBits.map((_, layer) => found[`bits${layer}`]![0]!),
    sideBits: found.side![0]!,
  };
}
