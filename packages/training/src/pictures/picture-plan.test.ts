import { initialValues } from "@nacre/blocks";
import { constant, input, type Tensor } from "@nacre/graph";
import { createResidualScalarQuantizer, layerCountMask } from "@nacre/quantizer";
import { describe, expect, test } from "vitest";
import { feedOf, openGraph, runtime } from "../../test/run-graph.js";
import { tinyPictureRecipe, wavePictures } from "../../test/tiny-picture-recipe.js";
import { initialState } from "../state.js";
import { buildStep } from "../step.js";
import { tableRow } from "../table.js";
import { pictureForward, pictureParameters } from "./picture-forward.js";
import type { PictureRecipe, ScalarPictureRecipe } from "./picture-recipe.js";
import { stepsPlace } from "./scalar-coding.js";

const recipe = tinyPictureRecipe();
const { layers, reach, deadZone } = recipe.quantizer;
const { latentDim } = recipe.encoder;
const pictures = wavePictures(recipe.batch, recipe.crop, 3);
const shape = [recipe.batch, 3, recipe.crop, recipe.crop];
const positions = (recipe.crop / 16) ** 2;
const drawn = initialValues(pictureParameters(recipe), 4);
const baked = Object.fromEntries(
  pictureParameters(recipe).map(({ name, shape }) => [name, constant(drawn[name]!, shape)]),
);

async function forward(counts: readonly number[]) {
  const [batch, mask] = [input("pictures", "float32", shape), input("mask", "float32", [2, layers])];
  const { decoded, depth, sideBits, coded } = pictureForward(recipe, {
    parameters: baked,
    pictures: batch,
    layerMask: mask,
    state: {},
    field: () => mask,
  });
  const outputs: Record<string, Tensor> = { decoded, depth, sideBits, quantized: coded.quantized };
  for (const [layer, bits] of coded.layerBits.entries()) outputs[`bits${layer}`] = bits;
  for (const [layer, codes] of coded.codes.entries()) outputs[`codes${layer}`] = codes;
  const call = await openGraph([batch, mask], outputs);
  return call(pictures, layerCountMask(Int32Array.from(counts), 1, layers));
}

describe("pictures through the networks", () => {
  test("each item is decoded from its own layers, at its own depth", async () => {
    const found = await forward([1, 3]);
    expect([...found.depth!]).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
    const quantizer = createResidualScalarQuantizer({
      steps: stepsOf(),
      layers,
      dimension: latentDim,
      reach,
      deadZone,
    });
    const size = positions * latentDim;
    const codes = Array.from({ length: layers }, (_, layer) =>
      Int32Array.from(found[`codes${layer}`]!, (code) => code + reach),
    );
    for (const [item, used] of [1, 3].entries()) {
      const own = codes.slice(0, used).map((each) => each.subarray(item * size, (item + 1) * size));
      const expected = quantizer.dequantize(own);
      const quantized = found.quantized!.subarray(item * size, (item + 1) * size);
      for (const [i, value] of expected.entries()) expect(quantized[i]).toBeCloseTo(value, 5);
    }
  });

  test("bits of a layer do not depend on the layers above, nor on another item", async () => {
    const [few, all] = [await forward([1, 1]), await forward([3, 3])];
    for (let layer = 0; layer < layers; layer++) {
      expect(few[`bits${layer}`]).toEqual(all[`bits${layer}`]);
      expect(few[`bits${layer}`]!.every((bits) => bits > 0)).toBe(true);
    }
    expect(few.decoded).not.toEqual(all.decoded);
  });
});

function stepsOf(): Float32Array {
  return Float32Array.from(
    Array.from({ length: layers }, (_, layer) => [...drawn[stepsPlace(layer)]!]).flat(),
    (step) => Math.exp(step),
  );
}

/** Trains on the same two pictures, and answers with the metrics of every step. */
async function trained(recipe: PictureRecipe, steps: number, of = pictures) {
  const graph = buildStep(recipe);
  const session = await runtime.open(graph.model, { threads: 1 });
  let state = initialState(recipe, graph);
  const told: Record<string, number>[] = [];
  for (let step = 1; step <= steps; step++) {
    const row = tableRow(recipe, graph.table, step);
    const found = await session.run({
      pictures: feedOf(graph.batch.shape, of),
      row: feedOf([row.length], row),
      ...Object.fromEntries(graph.state.map(({ name, shape }) => [name, feedOf(shape, state[name]!)])),
    });
    const array = (name: string) => found[name]!.data as Float32Array;
    state = Object.fromEntries(graph.state.map(({ name }) => [name, array(`next.${name}`)]));
    told.push(Object.fromEntries(graph.metricNames.map((name, i) => [name, array("metrics")[i]!])));
  }
  return { told, state, graph };
}

describe("a step of pictures", () => {
  test("makes bits and error fall together, and moves every part", async () => {
    const { told, state, graph } = await trained(recipe, 60);
    const mean = (name: string, from: number) =>
      told.slice(from, from + 10).reduce((sum, each) => sum + each[name]! / 10, 0);
    expect(mean("loss", 50)).toBeLessThan(0.8 * mean("loss", 0));
    expect(mean("bpp", 50)).toBeLessThan(0.85 * mean("bpp", 0));
    // It starts from a cosine transform of six coefficients, which leaves little to win.
    expect(mean("mse", 50)).toBeLessThan(0.98 * mean("mse", 0));
    const before = initialState(recipe, graph);
    for (const { name } of graph.chunks) {
      const moved = state[`value.${name}`]!.some((x, i) => x !== before[`value.${name}`]![i]);
      expect(moved, name).toBe(true);
    }
    for (const name of ["bpp", "sideBpp", "bpp.1", "nonzero.3", "error.2", "gradientNorm"]) {
      expect(told[0]![name]).toEqual(expect.any(Number));
    }
  });

  test("a share of structure stands in the loss beside squares, at its price", async () => {
    const structured = tinyPictureRecipe({ crop: 192, distortion: [0.01, 0.01, 0.01], structure: 0.4 });
    const { told } = await trained(structured, 1, wavePictures(structured.batch, 192, 3));
    const { loss, bpp, mse, msSsim } = told[0]! as Record<string, number>;
    expect(msSsim).toBeGreaterThan(0.2);
    expect(msSsim).toBeLessThan(0.999);
    expect(loss).toBeCloseTo(bpp! + 0.01 * (0.6 * mse! + 0.4 * 1200 * (1 - msSsim!)), 3);
  });

  test("an error that is worth more buys a better picture with more bits", async () => {
    const [cheap, dear] = await Promise.all(
      [0.003, 1].map((worth) =>
        trained(
          tinyPictureRecipe({
            distortion: recipe.distortion.map((each) => each * worth),
            schedule: { rate: 1e-2, steps: 150, warmup: 2, decay: 1 },
          }),
          150,
        ),
      ),
    );
    const last = ({ told }: NonNullable<typeof cheap>, name: string) =>
      told.slice(-10).reduce((sum, each) => sum + each[name]! / 10, 0);
    expect(last(dear!, "bpp")).toBeGreaterThan(1.2 * last(cheap!, "bpp"));
    expect(last(dear!, "mse")).toBeLessThan(last(cheap!, "mse"));
  });
});

const refused: [string, Partial<ScalarPictureRecipe>][] = [
  ["a crop that is no multiple of 64", { crop: 100 }],
  ["networks of different channels", { decoder: { ...recipe.decoder, latentDim: 7 } }],
  ["another number of layers in the decoder", { decoder: { ...recipe.decoder, layers: 4 } }],
  ["an error without a worth for each depth", { distortion: [0.1] }],
  ["a reach beyond a byte", { quantizer: { ...recipe.quantizer, reach: 128 } }],
  ["scales that do not ascend", { context: { ...recipe.context, lowest: 9, highest: 3 } }],
];

test.each(refused)("%s is refused", (_, change) => {
  expect(() => buildStep(tinyPictureRecipe(change))).toThrow(expect.objectContaining({ code: "option" }));
});

test("pinned codes are refused: there is no search to replace", () => {
  expect(() => buildStep(recipe, { pinned: true })).toThrow(expect.objectContaining({ code: "option" }));
});
