import { NacreError } from "@nacre/errors";
import { cast, gradients, input, scalar, type Tensor } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../../test/run-graph.js";
import { quantizerContract } from "../quantizer.contract.js";
import { layerCountMask } from "../residual-vector/layer-draws.js";
import { createFactorisedFiniteScalarQuantizer } from "./array.js";
import { factorisedDequantize, factorisedInference, factorisedTraining } from "./graph.js";

const levels = [2, 3, 4];
const [rows, dimension, layers, width] = [48, 5, 3, levels.length];
const random = seededRandom(31);
const maps = {
  project: normalArray(random, layers * dimension * width, 0.7),
  offset: normalArray(random, layers * width, 0.3),
  expand: normalArray(random, layers * width * dimension, 0.5),
};
const grid = { levels, variant: "equal-cells" as const };
const options = { ...grid, ...maps, layers, dimension };
const data = normalArray(random, rows * dimension);
const counts = Int32Array.from({ length: rows }, (_, row) => row % (layers + 1));
const quantizer = createFactorisedFiniteScalarQuantizer(options);
const { codes } = quantizer.quantize(data);

quantizerContract("factorised finite scalars", () => createFactorisedFiniteScalarQuantizer(options));

const latent = input("latent", "float32", [rows, dimension]);
const mask = input("mask", "float32", [rows, layers]);
const slope = input("slope", "float32", [rows, dimension]);
const tensors = {
  project: input("project", "float32", [layers, dimension, width]),
  offset: input("offset", "float32", [layers, width]),
  expand: input("expand", "float32", [layers, width, dimension]),
};
const mapFeeds = {
  project: { input: tensors.project, data: maps.project },
  offset: { input: tensors.offset, data: maps.offset },
  expand: { input: tensors.expand, data: maps.expand },
};
const feeds = {
  latent: { input: latent, data },
  mask: { input: mask, data: layerCountMask(counts, 1, layers) },
  slope: { input: slope, data: normalArray(random, rows * dimension) },
  ...mapFeeds,
};
const usedBy = (i: number) => counts[Math.floor(i / dimension)]!;
const prefixes = [0, 1, 2, 3].map((k) =>
  k === 0 ? new Float32Array(data.length) : quantizer.dequantize(codes.slice(0, k)),
);

async function step() {
  const found = factorisedTraining(latent, mask, tensors, grid);
  const all = Object.values(tensors);
  const [toLatent] = gradients([found.quantized], [slope], [latent]);
  const [commitToLatent, ...commitToMaps] = gradients([found.commitment], [scalar(1)], [latent, ...all]);
  const [distanceToLatent, ...distanceToMaps] = gradients(
    [found.reconstruction],
    [scalar(1)],
    [latent, ...all],
  );
  const { quantized, commitment, reconstruction, telemetry } = found;
  const outputs: Record<string, Tensor> = {
    quantized,
    codes: found.codes,
    commitment,
    reconstruction,
    ...telemetry,
  };
  Object.assign(outputs, { toLatent, commitToLatent, distanceToLatent });
  for (const [i, each] of commitToMaps.entries()) outputs[`commit${i}`] = each;
  for (const [i, each] of distanceToMaps.entries()) outputs[`distance${i}`] = each;
  return (await runGraph(feeds, outputs)) as Record<string, Float32Array>;
}

describe("factorised finite scalars in a graph", () => {
  test("training has the array form's codes, and its value is the prefix of each row", async () => {
    const found = await step();
    const flat = [...(found.codes as unknown as BigInt64Array)].map(Number);
    const expected = Array.from({ length: rows }, (_, row) =>
      codes.map((layer) => [...layer.subarray(row * width, (row + 1) * width)]),
    );
    expect(flat).toEqual(expected.flat(2));
    for (const [i, value] of found.quantized!.entries()) {
      expect(value).toBeCloseTo(prefixes[usedBy(i)]![i]!, 5);
    }
  });

  test("losses are the mean squared distances, telemetry the error of every prefix", async () => {
    const found = await step();
    let distance = 0;
    for (const [i, x] of data.entries()) {
      for (let layer = 0; layer < usedBy(i); layer++) distance += (x - prefixes[layer + 1]![i]!) ** 2;
    }
    const expected = distance / (data.length * layers);
    expect(found.commitment![0]).toBeCloseTo(expected, 4);
    expect(found.reconstruction![0]).toBeCloseTo(expected, 4);
    for (let layer = 0; layer < layers; layer++) {
      const error = data.reduce((sum, x, i) => sum + (x - prefixes[layer + 1]![i]!) ** 2, 0) / data.length;
      expect(found.quantizationError![layer]).toBeCloseTo(error, 4);
    }
  });

  test("commitment moves the latent alone, reconstruction the maps alone", async () => {
    const found = await step();
    const some = (name: string) => found[name]!.some((x) => Math.abs(x) > 1e-7);
    expect([0, 1, 2].map((i) => some(`commit${i}`))).toEqual([false, false, false]);
    expect([0, 1, 2].map((i) => some(`distance${i}`))).toEqual([true, true, true]);
    expect([some("commitToLatent"), some("distanceToLatent")]).toEqual([true, false]);
  });

  test("a row that uses no layer sends nothing back; the first layer alone sends its own Jacobian", async () => {
    const found = await step();
    for (const [i, value] of found.toLatent!.entries()) {
      const row = Math.floor(i / dimension);
      if (counts[row] === 0) expect(value).toBe(0);
      if (counts[row] !== 1) continue;
      let expected = 0;
      for (let c = 0; c < width; c++) {
        let seen = maps.offset[c]!;
        for (let d = 0; d < dimension; d++) seen += data[row * dimension + d]! * maps.project[d * width + c]!;
        // The bound of equal cells: tanh to levels / (levels - 1).
        const bound = ((1 - Math.tanh(seen) ** 2) * levels[c]!) / (levels[c]! - 1);
        let arriving = 0;
        for (let d = 0; d < dimension; d++)
          arriving += maps.expand[c * dimension + d]! * feeds.slope.data[row * dimension + d]!;
        expected += maps.project[(i % dimension) * width + c]! * bound * arriving;
      }
      expect(value).toBeCloseTo(expected, 4);
    }
  });

  test("inference has the codes of the array form", async () => {
    const found = await runGraph(
      { latent: feeds.latent, ...mapFeeds },
      { codes: factorisedInference(latent, tensors, grid) },
    );
    const flat = [...(found.codes as unknown as BigInt64Array)].map(Number);
    const expected = Array.from({ length: rows }, (_, row) =>
      codes.map((layer) => [...layer.subarray(row * width, (row + 1) * width)]),
    );
    expect(flat).toEqual(expected.flat(2));
  });

  test.each(["int32", "int64"] as const)("one graph decodes every prefix, codes %s", async (type) => {
    const flat = input("flat", "int64", [rows, layers * width]);
    const given = type === "int64" ? flat : cast(flat, "int32");
    for (let used = 1; used <= layers; used++) {
      const values = Array.from({ length: rows }, (_, row) =>
        codes.map((layer, at) => (at < used ? [...layer.subarray(row * width, (row + 1) * width)] : levels)),
      );
      const found = await runGraph(
        {
          flat: { input: flat, data: BigInt64Array.from(values.flat(2).map(BigInt)) },
          expand: mapFeeds.expand,
        },
        { decoded: factorisedDequantize(given, tensors.expand, grid) },
      );
      for (const [i, value] of (found.decoded as Float32Array).entries()) {
        expect(value).toBeCloseTo(prefixes[used]![i]!, 5);
      }
    }
  });
});

test("maps, masks and codes of another shape are refused", () => {
  const other = input("other", "float32", [layers, dimension + 1, width]);
  const wide = input("wide", "float32", [rows, layers + 1]);
  const few = input("few", "int32", [rows, layers * width - 1]);
  expect(() => factorisedTraining(latent, mask, { ...tensors, project: other }, grid)).toThrow(NacreError);
  expect(() => factorisedTraining(latent, wide, tensors, grid)).toThrow(NacreError);
  expect(() => factorisedInference(latent, { ...tensors, project: other }, grid)).toThrow(NacreError);
  expect(() => factorisedDequantize(few, tensors.expand, grid)).toThrow(NacreError);
  for (const name of ["project", "offset", "expand"] as const) {
    const broken = { ...options, [name]: options[name].subarray(1) };
    expect(() => createFactorisedFiniteScalarQuantizer(broken)).toThrow(
      expect.objectContaining({ code: "shape" }),
    );
  }
});
