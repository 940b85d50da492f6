import { NacreError } from "@nacre/errors";
import { cast, constant, input } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../../test/run-graph.js";
import { quantizerContract } from "../quantizer.contract.js";
import { createResidualFactorisedVectorQuantizer } from "./array.js";
import { factorisedVectorDequantize, factorisedVectorInference } from "./graph.js";

const [rows, dimension, layers, entries, width] = [24, 6, 3, 16, 4];
const random = seededRandom(7);
const values = {
  codebooks: normalArray(random, layers * entries * width),
  in: normalArray(random, layers * dimension * width, 0.5),
  inBias: normalArray(random, layers * width, 0.2),
  out: normalArray(random, layers * width * dimension, 0.5),
  outBias: normalArray(random, layers * dimension, 0.2),
};
const options = { ...values, layers, entries, width, dimension };
const quantizer = createResidualFactorisedVectorQuantizer(options);
const data = normalArray(random, rows * dimension);
const latent = input("latent", "float32", [rows, dimension]);
const tensors = {
  codebooks: constant(values.codebooks, [layers, entries, width]),
  in: constant(values.in, [layers, dimension, width]),
  inBias: constant(values.inBias, [layers, width]),
  out: constant(values.out, [layers, width, dimension]),
  outBias: constant(values.outBias, [layers, dimension]),
};

quantizerContract("residual factorised vectors", () => createResidualFactorisedVectorQuantizer(options));

async function graphCodes(strides: readonly number[]): Promise<number[][]> {
  const codes = factorisedVectorInference(latent, tensors, strides);
  const found = (await runGraph({ latent: { input: latent, data } }, { codes })).codes as BigInt64Array;
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: rows }, (_, row) => Number(found[row * layers + layer]!)),
  );
}

/** One layer by the definition, in float64: the entry of the largest cosine, and what it answers. */
function searched(layer: number, rest: readonly number[]): { code: number; answer: number[] } {
  const of = (name: keyof typeof values, at: number) => values[name][at]!;
  const inner = Array.from({ length: width }, (_, c) =>
    rest.reduce(
      (sum, value, d) => sum + value * of("in", (layer * dimension + d) * width + c),
      of("inBias", layer * width + c),
    ),
  );
  const entry = (code: number) =>
    Array.from({ length: width }, (_, c) => of("codebooks", (layer * entries + code) * width + c));
  const scores = Array.from({ length: entries }, (_, code) => {
    const found = entry(code);
    return found.reduce((sum, value, c) => sum + value * inner[c]!, 0) / Math.hypot(...found);
  });
  const code = scores.indexOf(Math.max(...scores));
  const answer = Array.from({ length: dimension }, (_, d) =>
    entry(code).reduce(
      (sum, value, c) => sum + value * of("out", (layer * width + c) * dimension + d),
      of("outBias", layer * dimension + d),
    ),
  );
  return { code, answer };
}

describe("factorised vectors in a graph", () => {
  test("without strides it has the codes of the array form", async () => {
    const { codes } = quantizer.quantize(data);
    expect(await graphCodes([1, 1, 1])).toEqual(codes.map((layer) => [...layer]));
  });

  test("a layer with a stride has the code of the mean of its rows, in each of them", async () => {
    const strides = [4, 2, 1];
    const found = await graphCodes(strides);
    const rest = Array.from({ length: rows }, (_, row) => [
      ...data.subarray(row * dimension, (row + 1) * dimension),
    ]);
    for (const [layer, stride] of strides.entries()) {
      for (let first = 0; first < rows; first += stride) {
        const together = rest.slice(first, first + stride);
        const middle = together[0]!.map((_, d) => together.reduce((sum, row) => sum + row[d]!, 0) / stride);
        const { code, answer } = searched(layer, middle);
        expect(found[layer]!.slice(first, first + stride)).toEqual(Array(stride).fill(code));
        for (const row of together) for (const [d, value] of answer.entries()) row[d]! -= value;
      }
    }
  });

  test.each([1, 2, 3])("one graph decodes the prefix of %i layers", async (used) => {
    const { codes, quantized } = quantizer.quantize(data, { layers: used });
    const flat = BigInt64Array.from({ length: rows * layers }, (_, at) => {
      const layer = at % layers;
      return BigInt(layer < used ? codes[layer]![Math.floor(at / layers)]! : entries);
    });
    const given = input("codes", "int64", [rows, layers]);
    const decoded = factorisedVectorDequantize(cast(given, "int32"), tensors);
    const found = (await runGraph({ codes: { input: given, data: flat } }, { decoded }))
      .decoded as Float32Array;
    for (const [at, value] of found.entries()) expect(value).toBeCloseTo(quantized[at]!, 5);
  });
});

test("parts that do not fit are refused", () => {
  const few = input("few", "int32", [rows, layers - 1]);
  const wide = { ...tensors, out: constant(values.out.subarray(1), [values.out.length - 1]) };
  expect(() => factorisedVectorInference(latent, tensors, [1, 1])).toThrow(NacreError);
  expect(() => factorisedVectorInference(latent, tensors, [5, 1, 1])).toThrow("strides 5, 1, 1");
  expect(() => factorisedVectorInference(latent, wide, [1, 1, 1])).toThrow(NacreError);
  expect(() => factorisedVectorDequantize(few, tensors)).toThrow(NacreError);
  for (const name of Object.keys(values) as (keyof typeof values)[]) {
    const broken = { ...options, [name]: values[name].subarray(1) };
    expect(() => createResidualFactorisedVectorQuantizer(broken)).toThrow(
      expect.objectContaining({ code: "shape" }),
    );
  }
});
