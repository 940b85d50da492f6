import { NacreError } from "@nacre/errors";
import { cast, gradients, input, type Tensor } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../../test/run-graph.js";
import { quantizerContract } from "../quantizer.contract.js";
import { layerCountMask } from "../residual-vector/layer-draws.js";
import { createResidualScalarQuantizer } from "./array.js";
import { residualScalarDequantize, residualScalarInference, residualScalarTraining } from "./graph.js";

const [rows, dimension, layers, reach] = [60, 3, 3, 5];
const random = seededRandom(29);
const data = normalArray(random, rows * dimension, 2);
// Channels of different fineness, each layer a third to a half of the one below.
const steps = Float32Array.from([1, 0.5, 2, 0.4, 0.2, 0.9, 0.13, 0.1, 0.3]);
const options = { steps, layers, dimension, reach };
const stepAt = (layer: number, i: number) => steps[layer * dimension + (i % dimension)]!;

quantizerContract("residual scalar", () => createResidualScalarQuantizer(options));
quantizerContract("residual scalar with a dead zone", () =>
  createResidualScalarQuantizer({ ...options, deadZone: 0.2 }),
);

describe("residual scalars", () => {
  test("leave half a step of the last layer, where nothing was beyond the reach", () => {
    const small = data.map((x) => x / 2);
    for (let used = 1; used <= layers; used++) {
      const { quantized } = createResidualScalarQuantizer(options).quantize(small, { layers: used });
      for (const [i, x] of quantized.entries()) {
        const within = Math.abs(small[i]!) <= (reach + 0.5) * stepAt(0, i);
        if (within) expect(Math.abs(x - small[i]!)).toBeLessThanOrEqual(0.5 * stepAt(used - 1, i) + 1e-6);
      }
    }
  });

  test("beyond the reach the layers above take up what is left", () => {
    const far = Float32Array.from([7.3, 0, 0]);
    const quantizer = createResidualScalarQuantizer(options);
    expect(quantizer.quantize(far, { layers: 1 }).quantized[0]).toBe(5);
    expect(quantizer.quantize(far, { layers: 2 }).quantized[0]).toBeCloseTo(5 + 5 * 0.4, 6);
  });

  test("a dead zone moves every threshold outwards and no point", () => {
    const at = (x: number, deadZone: number) => {
      const one = { steps: Float32Array.of(1), layers: 1, dimension: 1, reach, deadZone };
      return createResidualScalarQuantizer(one).quantize(Float32Array.of(x)).quantized[0];
    };
    for (const sign of [1, -1]) {
      expect(at(sign * 0.6, 0)).toBe(sign);
      expect(Math.abs(at(sign * 0.6, 0.25)!)).toBe(0);
      expect(at(sign * 0.76, 0.25)).toBe(sign);
      expect(at(sign * 1.7, 0.25)).toBe(sign);
    }
  });

  test("bad steps, reach and dead zone are refused", () => {
    const broken: [Partial<typeof options> & { deadZone?: number }, string][] = [
      [{ steps: steps.map((s, i) => (i === 4 ? 0 : s)) }, "option"],
      [{ steps: steps.map((s, i) => (i === 4 ? Number.NaN : s)) }, "option"],
      [{ steps: steps.subarray(1) }, "shape"],
      [{ reach: 0 }, "option"],
      [{ reach: 40_000 }, "option"],
      [{ deadZone: 0.6 }, "option"],
      [{ deadZone: -0.1 }, "option"],
    ];
    for (const [change, code] of broken) {
      expect(() => createResidualScalarQuantizer({ ...options, ...change })).toThrow(
        expect.objectContaining({ code }),
      );
    }
  });
});

const latent = input("latent", "float32", [rows, dimension]);
const mask = input("mask", "float32", [rows, layers]);
const stepsIn = input("steps", "float32", [layers, dimension]);
const slope = input("slope", "float32", [rows, dimension]);
const counts = Int32Array.from({ length: rows }, (_, row) => row % (layers + 1));
const feeds = {
  latent: { input: latent, data },
  mask: { input: mask, data: layerCountMask(counts, 1, layers) },
  steps: { input: stepsIn, data: steps },
  slope: { input: slope, data: normalArray(random, rows * dimension) },
};

describe.each([0, 0.2])("in graphs, with a dead zone of %f", (deadZone) => {
  const quantizer = createResidualScalarQuantizer({ ...options, deadZone });
  const { codes } = quantizer.quantize(data);
  const prefixes = [
    new Float32Array(data.length),
    ...[1, 2, 3].map((k) => quantizer.dequantize(codes.slice(0, k))),
  ];
  const usedBy = (i: number) => counts[Math.floor(i / dimension)]!;

  async function step() {
    const { quantized, codes, quantizationError } = residualScalarTraining(latent, mask, stepsIn, {
      reach,
      deadZone,
    });
    const [toLatent, toSteps] = gradients([quantized], [slope], [latent, stepsIn]);
    const [rateToLatent, rateToSteps] = gradients([codes[1]!], [slope], [latent, stepsIn]);
    const outputs: Record<string, Tensor> = { quantized, quantizationError, toLatent: toLatent! };
    for (const [layer, code] of codes.entries()) outputs[`codes${layer}`] = code;
    Object.assign(outputs, { toSteps, rateToLatent, rateToSteps });
    return (await runGraph(feeds, outputs)) as Record<string, Float32Array>;
  }

  test("training has the array form's codes and prefixes, bit for bit", async () => {
    const found = await step();
    for (let layer = 0; layer < layers; layer++) {
      expect(found[`codes${layer}`]!.map((code) => code + reach)).toEqual(Float32Array.from(codes[layer]!));
    }
    const expected = data.map((_, i) => prefixes[usedBy(i)]![i]! + 0);
    expect(found.quantized!.map((x) => x + 0)).toEqual(expected);
    for (let layer = 0; layer < layers; layer++) {
      const error = data.reduce((sum, x, i) => sum + (x - prefixes[layer + 1]![i]!) ** 2, 0) / data.length;
      expect(found.quantizationError![layer]).toBeCloseTo(error, 5);
    }
  });

  test("the latent's gradient goes straight through, once", async () => {
    const found = await step();
    for (const [i, value] of found.toLatent!.entries()) expect(value).toBeCloseTo(feeds.slope.data[i]!, 6);
  });

  test("a step's gradient is code minus residual over step, from rows that it is the last of", async () => {
    const found = await step();
    const expected = new Float64Array(layers * dimension);
    for (const [i, x] of data.entries()) {
      const last = usedBy(i) - 1;
      if (last < 0) continue;
      const rest = codes[last]![i]! - reach - (x - prefixes[last]![i]!) / stepAt(last, i);
      expected[last * dimension + (i % dimension)]! += rest * feeds.slope.data[i]!;
    }
    for (const [i, value] of expected.entries()) expect(found.toSteps![i]).toBeCloseTo(value, 4);
  });

  test("a code's gradient is that of the residual over the step", async () => {
    const found = await step();
    const toSteps = new Float64Array(layers * dimension);
    for (const [i, x] of data.entries()) {
      expect(found.rateToLatent![i]).toBeCloseTo(feeds.slope.data[i]! / stepAt(1, i), 4);
      const rest = x - prefixes[1]![i]!;
      toSteps[dimension + (i % dimension)]! -= (rest / stepAt(1, i) ** 2) * feeds.slope.data[i]!;
    }
    for (const [i, value] of toSteps.entries()) expect(found.rateToSteps![i]).toBeCloseTo(value, 3);
  });

  test("inference has the codes of the array form", async () => {
    const found = await runGraph(
      { latent: feeds.latent, steps: feeds.steps },
      { codes: residualScalarInference(latent, stepsIn, { reach, deadZone }) },
    );
    const flat = [...(found.codes as unknown as BigInt64Array)].map(Number);
    const expected = Array.from({ length: rows }, (_, row) =>
      codes.flatMap((layer) => [...layer.subarray(row * dimension, (row + 1) * dimension)]),
    );
    expect(flat).toEqual(expected.flat());
  });

  test.each(["int32", "int64"] as const)("one graph decodes every prefix, codes %s", async (type) => {
    const flat = input("flat", "int64", [rows, layers * dimension]);
    const given = type === "int64" ? flat : cast(flat, "int32");
    for (let used = 1; used <= layers; used++) {
      const values = Array.from({ length: rows }, (_, row) =>
        codes.map((layer, at) =>
          at < used
            ? [...layer.subarray(row * dimension, (row + 1) * dimension)]
            : Array<number>(dimension).fill(2 * reach + 1),
        ),
      );
      const found = await runGraph(
        {
          flat: { input: flat, data: BigInt64Array.from(values.flat(2).map(BigInt)) },
          steps: feeds.steps,
        },
        { decoded: residualScalarDequantize(given, stepsIn, { reach }) },
      );
      expect(found.decoded!).toEqual(prefixes[used]);
    }
  });
});

test("shapes that do not fit are refused", () => {
  const other = input("other", "float32", [layers, dimension + 1]);
  const wide = input("wide", "float32", [rows, layers + 1]);
  const codes = input("codes", "int32", [rows, layers * dimension - 1]);
  expect(() => residualScalarTraining(latent, mask, other, { reach })).toThrow(NacreError);
  expect(() => residualScalarTraining(latent, wide, stepsIn, { reach })).toThrow(NacreError);
  expect(() => residualScalarInference(latent, other, { reach })).toThrow(NacreError);
  expect(() => residualScalarDequantize(codes, stepsIn, { reach })).toThrow(NacreError);
});
