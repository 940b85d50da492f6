import { NacreError } from "@nacre/errors";
import { constant, input } from "@nacre/graph";
import { expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../../test/run-graph.js";
import { createVectorQuantizer } from "./array.js";
import { vectorInference } from "./graph.js";

const random = seededRandom(101);
const [rows, entries, dimension, width] = [64, 40, 4, 9];
const codebook = normalArray(random, entries * dimension);
const arrays = {
  in: normalArray(random, width * dimension, 0.4),
  inBias: normalArray(random, dimension, 0.1),
  out: normalArray(random, dimension * width, 0.4),
  outBias: normalArray(random, width, 0.1),
};
const projections = {
  in: constant(arrays.in, [width, dimension]),
  inBias: constant(arrays.inBias, [dimension]),
  out: constant(arrays.out, [dimension, width]),
  outBias: constant(arrays.outBias, [width]),
};
const book = constant(codebook, [entries, dimension]);

test.each([
  ["euclidean", false],
  ["euclidean", true],
  ["cosine", false],
  ["cosine", true],
] as const)("graph codes and values are the array's: %s, factorized %s", async (metric, factorized) => {
  const size = factorized ? width : dimension;
  const data = normalArray(random, rows * size);
  const latent = input("latent", "float32", [rows, size]);
  const inGraph = vectorInference(latent, { codebook: book, metric, ...(factorized && { projections }) });
  const found = await runGraph({ latent: { input: latent, data } }, inGraph);
  const array = createVectorQuantizer({
    codebook,
    entries,
    dimension,
    metric,
    ...(factorized && { projections: arrays }),
  });
  const { codes, quantized } = array.quantize(data);
  expect(Array.from(found.codes!, Number)).toEqual([...codes[0]!]);
  quantized.forEach((x, i) => {
    expect(found.quantized![i]).toBeCloseTo(x, 5);
  });
});

// 1021 is prime and 40 small: searched whole. The others are searched by parts of 32, 16 and 10.
test.each([1024, 256, 1000, 1021, 40])(
  "among %i entries the nearest is found, the lowest index of equals, wherever they lie",
  async (size) => {
    const books = normalArray(seededRandom(size), size * dimension);
    // Each entry of the last third is one of the first, and rows are entries: distances of 0, twice.
    const copied = size - Math.floor(size / 3);
    books.copyWithin(copied * dimension, 0, (size - copied) * dimension);
    const latent = input("latent", "float32", [size, dimension]);
    const tensors = { codebook: constant(books, [size, dimension]), metric: "euclidean" as const };
    const found = await runGraph(
      { latent: { input: latent, data: books } },
      vectorInference(latent, tensors),
    );
    const expected = Array.from({ length: size }, (_, row) => (row < copied ? row : row - copied));
    expect(Array.from(found.codes!, Number)).toEqual(expected);
  },
);

test("rows that do not fit the entries are refused", () => {
  const latent = input("latent", "float32", [rows, width]);
  expect(() => vectorInference(latent, { codebook: book, metric: "cosine" })).toThrow(NacreError);
});
