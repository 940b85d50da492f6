import { NacreError } from "@nacre/errors";
import { gradient, input, mul, sum, type Tensor } from "@nacre/graph";
import { expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../test/run-graph.js";
import { gridVariants, makeGrid, pointOf } from "./finite-scalar/grid.js";
import type { LayerChoice } from "./layer-choice.js";
import { layerScales } from "./residual-finite-scalar/array.js";
import { residualFiniteScalarTraining } from "./residual-finite-scalar/training.js";
import { residualVectorGraph } from "./residual-vector/graph.js";
import { layerCountMask } from "./residual-vector/layer-draws.js";

const random = seededRandom(23);
const [rows, layers, entries, dimension] = [40, 2, 8, 3];
const latentValues = normalArray(random, rows * dimension);
const bookValues = normalArray(random, layers * entries * dimension, 0.7);
const countValues = Float32Array.from({ length: layers * entries }, () => 8 * random() ** 3);
const masks = layerCountMask(new Int32Array(rows).fill(layers), 1, layers);

const latent = input("latent", "float32", [rows, dimension]);
const mask = input("mask", "float32", [rows, layers]);
const codebooks = input("codebooks", "float32", [layers, entries, dimension]);
const counts = input("counts", "float32", [layers, entries]);
const sums = input("sums", "float32", [layers, entries, dimension]);
const restartOffset = input("restartOffset", "int64", [layers]);
const forceRestart = input("forceRestart", "float32", [layers]);
const feeds = {
  latent: { input: latent, data: latentValues },
  mask: { input: mask, data: masks },
  codebooks: { input: codebooks, data: bookValues },
  counts: { input: counts, data: countValues },
  sums: { input: sums, data: bookValues },
  restartOffset: { input: restartOffset, data: new BigInt64Array(layers) },
  forceRestart: { input: forceRestart, data: new Float32Array(layers) },
};

function vectors(entropyWeight?: number) {
  return residualVectorGraph(
    latent,
    { codebooks, counts, sums },
    { layerMask: mask, restartOffset, forceRestart },
    {
      ...{ estimator: "straight-through", composition: "whole", update: "moving-average" },
      ...{ decay: 0.9, deadBelow: 0 },
      ...(entropyWeight === undefined ? {} : { entropyWeight }),
    },
  );
}

async function choicesOf(
  choices: readonly LayerChoice[],
  fed: typeof feeds | Pick<typeof feeds, "latent" | "mask">,
) {
  const outputs: Record<string, Tensor> = {};
  for (const [layer, { codes, point, distances }] of choices.entries()) {
    Object.assign(outputs, { [`c${layer}`]: codes, [`p${layer}`]: point, [`d${layer}`]: distances });
    const [slope] = gradient(sum(mul(distances, distances)), [latent]);
    outputs[`s${layer}`] = slope!;
  }
  const found = await runGraph(fed, outputs);
  return choices.map((_, layer) => ({
    codes: Array.from(found[`c${layer}`] as BigInt64Array, Number),
    point: found[`p${layer}`] as Float32Array,
    distances: found[`d${layer}`] as Float32Array,
    slope: found[`s${layer}`] as Float32Array,
  }));
}

/** Squared distance of a residual from an entry of a layer's book, in float64. */
function plainDistance(layer: number, residual: ArrayLike<number>, row: number, entry: number): number {
  let total = 0;
  for (let i = 0; i < dimension; i++) {
    const value = bookValues[(layer * entries + entry) * dimension + i]!;
    total += (residual[row * dimension + i]! - value) ** 2;
  }
  return total;
}

/** The choice of a weight in float64, residuals following the codes that were found. */
test.each([undefined, 0, 0.5, 1, 4])(
  "entries are chosen as the weight %s of their use says",
  async (weight) => {
    const found = await choicesOf(vectors(weight).choices, feeds);
    const residual = Float64Array.from(latentValues);
    for (const [layer, { codes, point, distances }] of found.entries()) {
      const all = Array.from({ length: rows }, (_, row) =>
        Array.from({ length: entries }, (_, entry) => plainDistance(layer, residual, row, entry)),
      );
      const noise = all.reduce((total, each) => total + Math.min(...each), 0) / rows / dimension;
      const own = countValues.subarray(layer * entries, (layer + 1) * entries);
      const total = own.reduce((a, b) => a + b + 1e-3, 0);
      for (const [row, each] of all.entries()) {
        const costs = each.map(
          (distance, entry) =>
            distance / (2 * noise) - (weight ?? 0) * Math.log((own[entry]! + 1e-3) / total),
        );
        // A tie within float32 may go either way.
        expect(costs[codes[row]!]! - Math.min(...costs)).toBeLessThan(1e-4);
        for (const [entry, distance] of each.entries()) {
          expect(distances[row * entries + entry]).toBeCloseTo(distance, 4);
        }
      }
      for (const [i, value] of point.entries()) {
        const entry = codes[Math.floor(i / dimension)]!;
        expect(value).toBe(bookValues[(layer * entries + entry) * dimension + (i % dimension)]);
      }
      for (let i = 0; i < residual.length; i++) residual[i]! -= point[i]!;
    }
  },
);

test("a weight of use saves bits and costs distance", async () => {
  const measure = async (weight: number) => {
    const [first] = await choicesOf(vectors(weight).choices, feeds);
    const share = (code: number) =>
      countValues[code]! / countValues.subarray(0, entries).reduce((a, b) => a + b);
    const bits = first!.codes.reduce((total, code) => total - Math.log2(share(code)), 0);
    const distance = first!.codes.reduce(
      (total, code, row) => total + first!.distances[row * entries + code]!,
      0,
    );
    return { bits, distance };
  };
  const [near, often] = [await measure(0), await measure(1)];
  expect(often.bits).toBeLessThan(near.bits);
  expect(often.distance).toBeGreaterThan(near.distance);
});

test("distances of vectors pull the latent alone, by twice the way to each entry", async () => {
  for (const [layer, { distances, slope, ...choice }] of (
    await choicesOf(vectors().choices, feeds)
  ).entries()) {
    expect(choice.codes).toHaveLength(rows);
    const below =
      layer === 0
        ? new Float32Array(rows * dimension)
        : (await choicesOf(vectors().choices, feeds))[0]!.point;
    for (let i = 0; i < slope.length; i++) {
      const row = Math.floor(i / dimension);
      let expected = 0;
      for (let entry = 0; entry < entries; entry++) {
        const way =
          latentValues[i]! - below[i]! - bookValues[(layer * entries + entry) * dimension + (i % dimension)]!;
        expected += 2 * distances[row * entries + entry]! * 2 * way;
      }
      expect(Math.abs(slope[i]! - expected)).toBeLessThan(1e-3 * Math.abs(expected) + 1e-3);
    }
  }
});

test("a weight below zero is refused", () => {
  expect(() => vectors(-1)).toThrow(NacreError);
});

test.each(gridVariants)(
  "distances of %s grids are those of what each layer sees from its points",
  async (variant) => {
    const levels = [3, 5, 4];
    const options = { levels, layers, variant, convention: "levels" as const };
    const { choices } = residualFiniteScalarTraining(latent, mask, options);
    const found = await choicesOf(choices, { latent: feeds.latent, mask: feeds.mask });
    const grids = levels.map((count) => makeGrid(count, variant));
    const scales = layerScales(options);
    const most = Math.max(...levels);
    for (let i = 0; i < rows * dimension; i++) {
      const channel = i % dimension;
      const { levels: count, shift, reach, inset, scale } = grids[channel]!;
      let rest = (Math.tanh(latentValues[i]! + shift) * reach - inset) / scale;
      for (const [layer, { codes, point, distances }] of found.entries()) {
        const own = distances.subarray(i * most, (i + 1) * most);
        for (let code = 0; code < count; code++) {
          const away = (rest - pointOf(grids[channel]!, code) * scales[layer]![channel]!) ** 2;
          expect(own[code]).toBeCloseTo(away, 4);
        }
        expect(own.subarray(count).every((distance) => distance > 1e20)).toBe(true);
        expect(own[codes[i]!]! - Math.min(...own)).toBeLessThan(1e-6);
        rest -= point[i]!;
      }
    }
  },
);
