import { NacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { normalArray, seededRandom } from "../../test/run-graph.js";
import { quantizerContract } from "../quantizer.contract.js";
import { createVectorQuantizer } from "./array.js";

const random = seededRandom(21);
const [entries, dimension] = [53, 6];
const codebook = normalArray(random, entries * dimension);
const projections = {
  in: normalArray(random, 10 * dimension, 0.3),
  inBias: normalArray(random, dimension, 0.1),
  out: normalArray(random, dimension * 10, 0.3),
  outBias: normalArray(random, 10, 0.1),
};

quantizerContract("vector, euclidean", () =>
  createVectorQuantizer({ codebook, entries, dimension, metric: "euclidean" }),
);
quantizerContract("vector, cosine, factorized", () =>
  createVectorQuantizer({ codebook, entries, dimension, metric: "cosine", projections }),
);

const row = (array: Float32Array, i: number, width: number) => array.subarray(i * width, (i + 1) * width);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((total, x, i) => total + x * b[i]!, 0);

test("euclidean codes are those of the plain squared distance, for any block remainder", () => {
  for (const [count, size] of [
    [1, 1],
    [2, 3],
    [31, 4],
    [70, 53],
  ] as const) {
    const latent = normalArray(random, count * dimension);
    const book = codebook.subarray(0, size * dimension);
    const quantizer = createVectorQuantizer({
      codebook: book,
      entries: size,
      dimension,
      metric: "euclidean",
    });
    const expected = Array.from({ length: count }, (_, i) => {
      const distances = Array.from({ length: size }, (_, entry) =>
        row(latent, i, dimension).reduce((total, x, j) => total + (x - book[entry * dimension + j]!) ** 2, 0),
      );
      return distances.indexOf(Math.min(...distances));
    });
    expect([...quantizer.quantize(latent).codes[0]!]).toEqual(expected);
  }
});

test("the lowest index wins among equal entries, wherever they lie", () => {
  const doubled = Float32Array.from([...codebook, ...codebook, ...codebook]);
  const quantizer = createVectorQuantizer({
    codebook: doubled,
    entries: entries * 3,
    dimension,
    metric: "euclidean",
  });
  const { codes } = quantizer.quantize(codebook);
  expect([...codes[0]!]).toEqual(Array.from({ length: entries }, (_, i) => i));
});

test("cosine search looks at directions alone and answers with the entry's own length", () => {
  const quantizer = createVectorQuantizer({ codebook, entries, dimension, metric: "cosine" });
  const latent = normalArray(random, 40 * dimension);
  const { codes, quantized } = quantizer.quantize(latent);
  expect(quantizer.quantize(latent.map((x) => x * 100)).codes).toEqual(codes);
  for (let i = 0; i < 40; i++) {
    const cosines = Array.from({ length: entries }, (_, entry) => {
      const c = row(codebook, entry, dimension);
      return dot(row(latent, i, dimension), c) / Math.sqrt(dot(c, c));
    });
    expect(codes[0]![i]).toBe(cosines.indexOf(Math.max(...cosines)));
    expect(row(quantized, i, dimension)).toEqual(row(codebook, codes[0]![i]!, dimension));
  }
});

test("a zero row or entry has no direction: it is coded, finite, as entry 0", () => {
  const book = Float32Array.from([0, 0, 1, 0]);
  const quantizer = createVectorQuantizer({ codebook: book, entries: 2, dimension: 2, metric: "cosine" });
  expect([...quantizer.quantize(Float32Array.from([0, 0, -3, 0])).codes[0]!]).toEqual([0, 0]);
});

test("projections wrap the search: in, nearest, out", () => {
  const quantizer = createVectorQuantizer({ codebook, entries, dimension, metric: "euclidean", projections });
  const plain = createVectorQuantizer({ codebook, entries, dimension, metric: "euclidean" });
  const latent = normalArray(random, 9 * 10);
  const inner = Float32Array.from({ length: 9 * dimension }, (_, at) => {
    const [i, j] = [Math.floor(at / dimension), at % dimension];
    return row(latent, i, 10).reduce(
      (total, x, k) => total + x * projections.in[k * dimension + j]!,
      projections.inBias[j]!,
    );
  });
  const { codes, quantized } = quantizer.quantize(latent);
  expect(codes).toEqual(plain.quantize(inner).codes);
  for (let i = 0; i < 9; i++) {
    const c = row(codebook, codes[0]![i]!, dimension);
    for (let k = 0; k < 10; k++) {
      const value = c.reduce(
        (total, x, j) => total + x * projections.out[j * 10 + k]!,
        projections.outBias[k]!,
      );
      expect(quantized[i * 10 + k]).toBeCloseTo(value, 5);
    }
  }
});

test("parameters that do not fit are refused", () => {
  const make = (change: object) => () =>
    createVectorQuantizer({ codebook, entries, dimension, metric: "euclidean", ...change });
  expect(make({ entries: 52 })).toThrow(NacreError);
  expect(make({ dimension: 0 })).toThrow(NacreError);
  expect(make({ projections: { ...projections, out: new Float32Array(3) } })).toThrow(NacreError);
});
