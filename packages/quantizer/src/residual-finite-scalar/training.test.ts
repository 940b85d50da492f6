import { NacreError } from "@nacre/errors";
import { cast, gradients, input, type Tensor } from "@nacre/graph";
import { estimatorByName } from "@nacre/rotation-trick";
import { describe, expect, test } from "vitest";
import { normalArray, runGraph, seededRandom } from "../../test/run-graph.js";
import { gridVariants, makeGrid } from "../finite-scalar/grid.js";
import { layerCountMask } from "../residual-vector/layer-draws.js";
import { createResidualFiniteScalarQuantizer } from "./array.js";
import { finiteScalarsDequantize, finiteScalarsInference } from "./inference.js";
import { residualFiniteScalarTraining } from "./training.js";

const levels = [2, 3, 5, 4];
const [rows, width, layers] = [90, levels.length, 3];
const random = seededRandom(17);
const data = normalArray(random, rows * width, 1.2);
const cotangent = normalArray(random, rows * width);
const counts = Int32Array.from({ length: rows }, (_, row) => row % (layers + 1));
const latent = input("latent", "float32", [rows, width]);
const mask = input("mask", "float32", [rows, layers]);
const slope = input("slope", "float32", [rows, width]);

async function step(variant: (typeof gridVariants)[number], estimator?: string) {
  const options = { levels, layers, variant, convention: "levels" as const };
  const training = residualFiniteScalarTraining(latent, mask, {
    ...options,
    ...(estimator ? { estimator } : {}),
  });
  const [toLatent] = gradients([training.quantized], [slope], [latent]);
  const outputs: Record<string, Tensor> = {
    quantized: training.quantized,
    codes: training.codes,
    toLatent: toLatent!,
    ...training.telemetry,
  };
  const feeds = {
    latent: { input: latent, data },
    mask: { input: mask, data: layerCountMask(counts, 1, layers) },
    slope: { input: slope, data: cotangent },
  };
  return { options, found: (await runGraph(feeds, outputs)) as Record<string, Float32Array> };
}

/** [layer] codes [rows, width] of codes [rows, layers, width]. */
const byLayer = (codes: ArrayLike<number | bigint>) =>
  Array.from({ length: layers }, (_, layer) =>
    Int32Array.from({ length: rows * width }, (_, i) =>
      Number(codes[(Math.floor(i / width) * layers + layer) * width + (i % width)]),
    ),
  );

/** What the rows' own prefixes stand for, by the array form. */
function dequantized(
  options: Parameters<typeof createResidualFiniteScalarQuantizer>[0],
  codes: Int32Array[],
) {
  const quantizer = createResidualFiniteScalarQuantizer(options);
  const prefixes: Float32Array[] = [new Float32Array(rows * width)];
  for (let used = 1; used <= layers; used++) prefixes.push(quantizer.dequantize(codes.slice(0, used)));
  return Float32Array.from({ length: rows * width }, (_, i) => prefixes[counts[Math.floor(i / width)]!]![i]!);
}

/** The bound and its derivative, by the grid's numbers. */
const boundAt = (variant: (typeof gridVariants)[number]) => (z: number, i: number) => {
  const grid = makeGrid(levels[i % width]!, variant);
  const t = Math.tanh(z + grid.shift);
  return {
    value: (t * grid.reach - grid.inset) / grid.scale,
    slope: ((1 - t * t) * grid.reach) / grid.scale,
  };
};

describe.each(gridVariants)("training, %s", (variant) => {
  test("codes are the array form's, and the value is what it dequantizes, bit for bit", async () => {
    const { options, found } = await step(variant);
    const codes = byLayer(found.codes!);
    expect(codes).toEqual(createResidualFiniteScalarQuantizer(options).quantize(data).codes);
    // A row without layers is a sum of masked points, zeros of either sign.
    expect(found.quantized!.map((x) => x + 0)).toEqual(dequantized(options, codes).map((x) => x + 0));
  });

  test("straight through: the gradient is the bound's derivative times what arrives, once", async () => {
    const { found } = await step(variant);
    const expected = [...data].map((z, i) => boundAt(variant)(z, i).slope * cotangent[i]!);
    for (const [i, value] of expected.entries()) expect(found.toLatent![i]).toBeCloseTo(value, 5);
  });

  test("rotation: the estimator's map over whole rows, then the bound's derivative", async () => {
    const { options, found } = await step(variant, "rotation");
    const bounds = [...data].map(boundAt(variant));
    const total = dequantized(options, byLayer(found.codes!));
    const bounded = Float32Array.from(bounds, ({ value }) => value);
    const moved = estimatorByName("rotation").vjp(bounded, total, cotangent, rows, width);
    for (const [i, value] of moved.entries())
      expect(found.toLatent![i]).toBeCloseTo(value * bounds[i]!.slope, 3);
  });

  test("telemetry: mean perplexity of the channels, levels not seen, error of each prefix", async () => {
    const { options, found } = await step(variant);
    const codes = byLayer(found.codes!);
    const target = [...data].map((z, i) => boundAt(variant)(z, i).value);
    for (let layer = 0; layer < layers; layer++) {
      let [entropy, dead] = [0, 0];
      for (const [channel, count] of levels.entries()) {
        for (let code = 0; code < count; code++) {
          const share = codes[layer]!.filter((c, i) => i % width === channel && c === code).length / rows;
          if (share === 0) dead++;
          else entropy -= share * Math.log2(share);
        }
      }
      expect(found.perplexity![layer]).toBeCloseTo(2 ** (entropy / width), 4);
      expect(found.dead![layer]).toBe(dead);
      const prefix = createResidualFiniteScalarQuantizer(options).dequantize(codes.slice(0, layer + 1));
      const error = target.reduce((sum, x, i) => sum + (x - prefix[i]!) ** 2, 0) / target.length;
      expect(found.quantizationError![layer]).toBeCloseTo(error, 5);
    }
  });

  test.each(["int32", "int64"] as const)("decoding of every prefix in one graph, codes %s", async (type) => {
    const options = { levels, layers, variant, convention: "levels" as const };
    const quantizer = createResidualFiniteScalarQuantizer(options);
    const { codes } = quantizer.quantize(data);
    const flat = input("flat", "int64", [rows, layers * width]);
    const given = type === "int64" ? flat : cast(flat, "int32");
    for (let used = 1; used <= layers; used++) {
      const values = BigInt64Array.from({ length: rows * layers * width }, (_, i) => {
        const [row, layer, channel] = [
          Math.floor(i / (layers * width)),
          Math.floor(i / width) % layers,
          i % width,
        ];
        return BigInt(layer < used ? codes[layer]![row * width + channel]! : levels[channel]!);
      });
      const found = await runGraph(
        { flat: { input: flat, data: values } },
        { decoded: finiteScalarsDequantize(given, options) },
      );
      expect(found.decoded).toEqual(quantizer.dequantize(codes.slice(0, used)));
    }
  });

  test("inference has the codes of training", async () => {
    const { options, found } = await step(variant);
    const { codes } = await runGraph(
      { latent: { input: latent, data } },
      finiteScalarsInference(latent, options),
    );
    expect(codes).toEqual(found.codes);
  });
});

test("a mask or codes of another shape, and an unknown estimator, are refused", () => {
  const options = { levels, layers, variant: "symmetric", convention: "levels" } as const;
  const other = input("other", "float32", [rows, layers + 1]);
  expect(() => residualFiniteScalarTraining(latent, other, options)).toThrow(NacreError);
  expect(() => residualFiniteScalarTraining(latent, mask, { ...options, estimator: "none" })).toThrow(
    NacreError,
  );
  const codes = input("codes", "int32", [rows, layers * width - 1]);
  expect(() => finiteScalarsDequantize(codes, options)).toThrow(NacreError);
});
