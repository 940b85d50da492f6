import { initialValues } from "@nacre/blocks";
import { constant, input, type Tensor, zeros } from "@nacre/graph";
import {
  createResidualFiniteScalarQuantizer,
  createResidualVectorQuantizer,
  layerCountMask,
  type Quantizer,
} from "@nacre/quantizer";
import { describe, expect, test } from "vitest";
import { feedOf, openGraph, runtime } from "../../test/run-graph.js";
import { seededRandom } from "../../test/sounds.js";
import { tinyGroupedRecipe, wavePictures } from "../../test/tiny-picture-recipe.js";
import { initialState } from "../state.js";
import { buildStep } from "../step.js";
import { tableRow } from "../table.js";
import { weightsOf } from "../train.js";
import { codingOf } from "./coding.js";
import type { GroupedPictureRecipe, GroupedRecipe } from "./picture-recipe.js";
import { measureCrops } from "./picture-validation.js";

const kinds = ["residual-vector", "residual-finite-scalar"] as const;
const layers = 3;
const channels = 6;
const [batch, rows, columns] = [2, 4, 4];
const positions = rows * columns;
const random = seededRandom(8);
const latentValues = Float32Array.from({ length: batch * positions * channels }, () => 4 * random() - 2);
const sideValues = Float32Array.from({ length: batch * 3 }, () => Math.round(6 * random() - 3));

/** Arrays of a coding as they are after some training: nothing is zero. */
function drawn(recipe: GroupedPictureRecipe) {
  const random = seededRandom(9);
  const coding = codingOf(recipe);
  const specs = coding.parameters();
  const values = initialValues(specs, 2);
  for (const { name } of specs) {
    if (name !== "quantizer.range") values[name] = values[name]!.map(() => random() - 0.5);
  }
  const state = Object.fromEntries(
    coding
      .state()
      .map(({ name, shape }) => [
        name,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
          name.endsWith("counts") ? 1 + random() : 2 * random() - 1,
        ),
      ]),
  );
  return { coding, specs, values, state };
}

async function coded(recipe: GroupedPictureRecipe, counts: readonly number[]) {
  const { coding, specs, values, state } = drawn(recipe);
  const [latent, side] = [
    input("latent", "float32", [batch, rows, columns, channels]),
    input("side", "float32", [batch, 1, 1, 3]),
  ];
  const mask = input("mask", "float32", [batch * positions, layers]);
  const fields = coding.fields();
  const found = coding.code({
    parameters: Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)])),
    latent,
    side,
    layerMask: mask,
    state: Object.fromEntries(coding.state().map(({ name, shape }) => [name, constant(state[name]!, shape)])),
    field: (name) => zeros([fields[name]!]),
  });
  const outputs: Record<string, Tensor> = { quantized: found.quantized };
  for (const [layer, bits] of found.layerBits.entries()) outputs[`bits${layer}`] = bits;
  for (const [layer, codes] of found.codes.entries()) outputs[`codes${layer}`] = codes;
  const call = await openGraph([latent, side, mask], outputs);
  const answer = await call(
    latentValues,
    sideValues,
    layerCountMask(Int32Array.from(counts), positions, layers),
  );
  return { answer, state };
}

/** The group's quantizer in array form. */
function arrayForm(
  quantizer: GroupedRecipe,
  state: Readonly<Record<string, Float32Array>>,
  group: number,
): Quantizer {
  if (quantizer.kind !== "residual-vector") return createResidualFiniteScalarQuantizer(quantizer);
  const { entries } = quantizer;
  const all = state[`group.${group}.quantizer.codebooks`]!;
  const codebooks = Array.from({ length: layers }, (_, layer) =>
    all.slice(layer * entries * 3, (layer + 1) * entries * 3),
  );
  return createResidualVectorQuantizer({ codebooks, entries, dimension: 3 });
}

describe.each(kinds)("groups of %s", (kind) => {
  const recipe = tinyGroupedRecipe(kind);
  const { range = 1 } = recipe.quantizer;

  test("name the codes and give the values of a quantizer in array form for each group", async () => {
    const { answer, state } = await coded(recipe, [layers, layers]);
    for (const group of [0, 1]) {
      const part = (all: ArrayLike<number>, width: number) =>
        Array.from({ length: batch * positions }, (_, row) =>
          Array.from({ length: width / 2 }, (_, i) => Number(all[row * width + group * (width / 2) + i])),
        ).flat();
      const own = Float32Array.from(part(latentValues, channels), (value) => value / range);
      const expected = arrayForm(recipe.quantizer, state, group).quantize(own);
      for (const [i, value] of part(answer.quantized!, channels).entries()) {
        expect(value).toBeCloseTo(expected.quantized[i]! * range, 4);
      }
      for (const [layer, codes] of expected.codes.entries()) {
        const width = answer[`codes${layer}`]!.length / (batch * positions);
        expect(part(answer[`codes${layer}`]!, width)).toEqual([...codes]);
      }
    }
  });

  test("cost of a layer what they cost whatever is above it, in either item", async () => {
    const [few, all] = [(await coded(recipe, [1, 1])).answer, (await coded(recipe, [1, 3])).answer];
    for (let layer = 0; layer < layers; layer++) {
      expect(few[`bits${layer}`]).toEqual(all[`bits${layer}`]);
      expect(few[`bits${layer}`]!.every((bits) => bits > 0)).toBe(true);
    }
    expect(few.quantized).not.toEqual(all.quantized);
    // All entries alike at the start: as many bits as their number says.
    const { codes, entries } =
      kind === "residual-vector" ? { codes: 2, entries: 8 } : { codes: 6, entries: 3 };
    const graph = buildStep(recipe);
    const weights = weightsOf(graph, initialState(recipe, graph));
    const found = await measureCrops(recipe, weights, wavePictures(1, 64, 3), runtime);
    const step = found.points[1]!.bpp - found.points[0]!.bpp;
    expect(step).toBeCloseTo((codes * Math.log2(entries)) / 256, 5);
  });

  test("learn: loss, bits and error fall, every array moves, and what is measured is what was trained", async () => {
    const { told, graph, state } = await trained(recipe, 80);
    const mean = (name: string, from: number) =>
      told.slice(from, from + 10).reduce((sum, each) => sum + each[name]! / 10, 0);
    expect(mean("loss", 70)).toBeLessThan(0.6 * mean("loss", 0));
    // At first all entries cost alike.
    expect(mean("bpp.1", 70)).toBeLessThan(0.9 * told[0]!["bpp.1"]!);
    for (const name of ["bpp.1", "perplexity.2", "dead.3", "error.1"]) {
      expect(told[0]![name]).toEqual(expect.any(Number));
    }
    const before = initialState(recipe, graph);
    for (const { name } of graph.state.filter((each) => /^value|^group/.test(each.name))) {
      expect(
        state[name]!.some((x, i) => x !== before[name]![i]),
        name,
      ).toBe(true);
    }
    const { points, codes } = await measureCrops(recipe, weightsOf(graph, state), pictures, runtime);
    expect(points[2]!.psnr).toBeGreaterThan(points[0]!.psnr);
    expect(codes[0]!.length).toBe(2 * positions * (kind === "residual-vector" ? 2 : 6));
  });
});

const pictures = wavePictures(2, 64, 3);

async function trained(recipe: GroupedPictureRecipe, steps: number) {
  const graph = buildStep({ ...recipe, schedule: { rate: 1e-2, steps, warmup: 2, decay: 10 } });
  const session = await runtime.open(graph.model, { threads: 1 });
  let state = initialState(graph.recipe, graph);
  const told: Record<string, number>[] = [];
  for (let step = 1; step <= steps; step++) {
    const row = tableRow(graph.recipe, graph.table, step);
    const found = await session.run({
      pictures: feedOf(graph.batch.shape, pictures),
      row: feedOf([row.length], row),
      ...Object.fromEntries(graph.state.map(({ name, shape }) => [name, feedOf(shape, state[name]!)])),
    });
    const array = (name: string) => found[name]!.data as Float32Array;
    state = Object.fromEntries(graph.state.map(({ name }) => [name, array(`next.${name}`)]));
    told.push(Object.fromEntries(graph.metricNames.map((name, i) => [name, array("metrics")[i]!])));
  }
  return { told, graph, state };
}

test.each(kinds)("%s learns with a table of each layer alone, and has no more than that", async (kind) => {
  const { told, graph, state } = await trained(tinyGroupedRecipe(kind, { probability: "table" }), 40);
  expect(told.at(-1)!.loss).toBeLessThan(0.6 * told[0]!.loss!);
  const names = graph.chunks.flatMap(({ specs }) => specs.map(({ name }) => name));
  expect(state["value.plain0"]).not.toEqual(initialState(graph.recipe, graph)["value.plain0"]);
  expect(names.filter((name) => name.startsWith("entries."))).toEqual(
    [0, 1, 2].map((layer) => `entries.${layer}.table`),
  );
});

test("codebooks that the optimizer moves are trained in groups as well", async () => {
  const recipe = tinyGroupedRecipe("residual-vector");
  const quantizer = { ...recipe.quantizer, update: "gradient" as const } as GroupedRecipe;
  const { told, state, graph } = await trained({ ...recipe, quantizer }, 30);
  expect(told.at(-1)!.loss).toBeLessThan(told[0]!.loss!);
  const { parameters } = weightsOf(graph, state);
  expect(parameters["group.1.quantizer.codebooks"]).toEqual(state["group.1.quantizer.average"]);
});

const vectors = tinyGroupedRecipe("residual-vector").quantizer;
const scalars = tinyGroupedRecipe("residual-finite-scalar").quantizer;
const refused: [string, object][] = [
  ["groups that do not divide the channels", { ...vectors, groups: 4 }],
  ["a commitment below zero", { ...vectors, commitment: -1 }],
  ["a probability of another form", { ...vectors, probability: "neural" }],
  ["a range of zero", { ...scalars, range: 0 }],
  ["levels for another number of channels", { ...scalars, groups: 3 }],
  ["levels that differ", { ...scalars, levels: [3, 5, 3] }],
  ["a commitment to finite scalars", { ...scalars, commitment: 1 }],
  ["an entry alone", { ...vectors, entries: 1 }],
  ["a kind without a rate", { ...scalars, kind: "factorised-finite-scalar" }],
];

test.each(refused)("%s is refused", (_, quantizer) => {
  const recipe = { ...tinyGroupedRecipe("residual-vector"), quantizer } as GroupedPictureRecipe;
  expect(() => buildStep(recipe)).toThrow(expect.objectContaining({ code: "option" }));
});
