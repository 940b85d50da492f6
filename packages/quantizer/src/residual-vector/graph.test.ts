import { NacreError } from "@nacre/errors";
import { gradient, gradients, input, slice, square, stopGradient, sub, sum, type Tensor } from "@nacre/graph";
import {
  composeResidualVjp,
  compositions,
  estimatorByName,
  estimators,
  straightThrough,
} from "@nacre/rotation-trick";
import { describe, expect, test } from "vitest";
import { type PlainInput, plainStep, type Sizes } from "../../test/plain-step.js";
import { normalArray, runGraph, seededRandom } from "../../test/run-graph.js";
import { createResidualVectorQuantizer } from "./array.js";
import { restartStride, smoothing } from "./codebook-update.js";
import { type ResidualVectorOptions, type ResidualVectorStep, residualVectorGraph } from "./graph.js";
import { dequantizeGraph, residualVectorInference } from "./inference.js";
import { layerCountMask } from "./layer-draws.js";

const sizes: Sizes = { rows: 48, layers: 4, entries: 20, dimension: 6 };
const options: ResidualVectorOptions = {
  estimator: "rotation",
  composition: "per-layer",
  update: "moving-average",
  decay: 0.9,
  deadBelow: 0.2,
};

/** A stack in the middle of training: counts and sums that belong to its codebooks, one entry dead. */
function trainingInput(seed: number, { rows, layers, entries, dimension } = sizes): PlainInput {
  const random = seededRandom(seed);
  const codebooks = normalArray(random, layers * entries * dimension, 0.6);
  const counts = Float32Array.from({ length: layers * entries }, (_, i) =>
    i % 7 === 3 ? 0.05 : 1 + random(),
  );
  return {
    latent: normalArray(random, rows * dimension),
    codebooks,
    counts,
    sums: codebooks.map((x, i) => x * counts[Math.floor(i / dimension)]!),
    layerMask: layerCountMask(
      Int32Array.from({ length: rows / 4 }, (_, i) => (i % layers) + 1),
      4,
      layers,
    ),
    restartOffset: BigInt64Array.from({ length: layers }, (_, layer) => BigInt(1000003 * (layer + 1))),
    forceRestart: Float32Array.from({ length: layers }, (_, layer) => (layer === 2 ? 1 : 0)),
  };
}

function declare({ rows, layers, entries, dimension }: Sizes) {
  return {
    latent: input("latent", "float32", [rows, dimension]),
    codebooks: input("codebooks", "float32", [layers, entries, dimension]),
    counts: input("counts", "float32", [layers, entries]),
    sums: input("sums", "float32", [layers, entries, dimension]),
    layerMask: input("layerMask", "float32", [rows, layers]),
    restartOffset: input("restartOffset", "int64", [layers]),
    forceRestart: input("forceRestart", "float32", [layers]),
  };
}

type Declared = ReturnType<typeof declare>;

function stepOf(at: Declared, changed: Partial<ResidualVectorOptions> = {}): ResidualVectorStep {
  const { latent, codebooks, counts, sums, layerMask, restartOffset, forceRestart } = at;
  const draws = { layerMask, restartOffset, forceRestart };
  return residualVectorGraph(latent, { codebooks, counts, sums }, draws, { ...options, ...changed });
}

function run(at: Declared, given: PlainInput, outputs: Record<string, Tensor>) {
  const feeds = Object.fromEntries(
    (Object.keys(at) as (keyof Declared)[]).map((name) => [name, { input: at[name], data: given[name] }]),
  );
  return runGraph(feeds, outputs);
}

const numbers = (found: ArrayLike<number | bigint> | undefined) => Array.from(found!, Number);

function expectClose(found: ArrayLike<number | bigint> | undefined, expected: ArrayLike<number>, digits = 4) {
  const values = numbers(found);
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, digits);
}

describe("a step in the graph is the step in plain loops", () => {
  test("codes, sum, averages, restarts and telemetry", async () => {
    const at = declare(sizes);
    const step = stepOf(at);
    const given = trainingInput(51);
    const { quantized, codes, commitment, codebookLoss, replaced, nextState, telemetry } = step;
    const found = await run(at, given, {
      quantized,
      codes,
      commitment,
      codebookLoss,
      replaced,
      ...nextState,
      ...telemetry,
    });
    const stride = restartStride(sizes.rows);
    const plain = plainStep(sizes, given, { decay: 0.9, deadBelow: 0.2, smoothing, stride });
    expect(numbers(found.codes)).toEqual([...plain.codes]);
    for (const name of ["quantized", "codebooks", "counts", "sums", "dead", "quantizationError"] as const) {
      expectClose(found[name], plain[name]);
    }
    expectClose(found.commitment, [plain.commitment]);
    expectClose(found.codebookLoss, [plain.commitment]);
    const perLayer = Array.from({ length: sizes.layers }, (_, l) =>
      numbers(found.replaced)
        .slice(l * sizes.entries, (l + 1) * sizes.entries)
        .reduce((a, b) => a + b),
    );
    expect(perLayer).toEqual([...plain.dead]);
    expect(perLayer[2]).toBe(sizes.entries);
    expect(perLayer[0]).toBeGreaterThan(0);
    expect(perLayer[0]).toBeLessThan(sizes.entries);
  });

  test("pinned codes take the place of the search", async () => {
    const at = declare(sizes);
    const pinned = input("pinned", "int64", [sizes.rows, sizes.layers]);
    const codes = BigInt64Array.from({ length: sizes.rows * sizes.layers }, (_, i) =>
      BigInt(i % sizes.entries),
    );
    const { quantized, codes: answered } = stepOf(at, { pinnedCodes: pinned });
    const given = trainingInput(52);
    const names = ["latent", "codebooks", "layerMask"] as const;
    const found = await runGraph(
      {
        pinned: { input: pinned, data: codes },
        ...Object.fromEntries(names.map((name) => [name, { input: at[name], data: given[name] }])),
      },
      { quantized, answered },
    );
    expect(found.answered).toEqual(codes);
    const [d, k] = [sizes.dimension, sizes.entries];
    const first = Array.from({ length: d }, (_, i) => given.codebooks[Number(codes[0]) * d + i]!);
    expect(given.layerMask.slice(0, 4)).toEqual(Float32Array.from([1, 0, 0, 0]));
    expect(numbers(found.quantized).slice(0, d)).toEqual(first);
    expect(k).toBeGreaterThan(Number(codes[0]));
  });

  test("perplexity of even counts is the number of entries, without the dead", async () => {
    const at = declare(sizes);
    const given = trainingInput(53);
    given.counts.fill(1e6);
    given.counts.fill(0, 0, sizes.entries / 2);
    const found = await run(at, given, stepOf(at).telemetry);
    expectClose(found.perplexity, [sizes.entries / 2, sizes.entries, sizes.entries, sizes.entries], 1);
  });

  test("update by gradient leaves the averages alone and replaces dead entries all the same", async () => {
    const at = declare(sizes);
    const step = stepOf(at, { update: "gradient" });
    const given = trainingInput(54);
    const toCodebooks = gradient(step.codebookLoss, [at.codebooks])[0]!;
    const found = await run(at, given, { ...step.nextState, replaced: step.replaced, toCodebooks });
    const kept = numbers(found.replaced);
    for (const [i, value] of numbers(found.codebooks).entries()) {
      if (kept[Math.floor(i / sizes.dimension)] === 0) {
        expect(value).toBe(given.codebooks[i]);
        expect(found.sums![i]).toBe(given.sums[i]);
      } else expect(found.sums![i]).toBe(value);
    }
    expect(numbers(found.toCodebooks).some((x) => x !== 0)).toBe(true);
  });
});

describe("gradients", () => {
  test("commitment reaches the latent at every layer: one layer's error each, by differences", async () => {
    const at = declare(sizes);
    const { commitment } = stepOf(at);
    const toLatent = gradient(commitment, [at.latent])[0]!;
    const given = trainingInput(55);
    const found = await run(at, given, { toLatent });
    const { rows, layers, dimension: d, entries } = sizes;
    const plain = plainStep(sizes, given, { decay: 0.9, deadBelow: 0.2, smoothing, stride: 1 });
    const used = given.layerMask.reduce((a, b) => a + b);
    // d/dx of |x - lower_l - entry_l|^2 is 2 (residual after layer l), added over the used layers.
    const expected = Float64Array.from({ length: rows * d }, (_, at) => {
      const [row, i] = [Math.floor(at / d), at % d];
      let [left, total] = [given.latent[at]!, 0];
      for (let layer = 0; layer < layers; layer++) {
        left -= given.codebooks[(layer * entries + plain.codes[row * layers + layer]!) * d + i]!;
        if (given.layerMask[row * layers + layer] === 1) total += (2 * left) / (used * d);
      }
      return total;
    });
    expectClose(found.toLatent, expected, 6);
  });

  test("layer two's commitment has a gradient, which the known fault would cancel", async () => {
    const two = { ...sizes, layers: 2 };
    const at = declare(two);
    const given = trainingInput(56, two);
    const only = (layer: number) =>
      Float32Array.from({ length: two.rows * 2 }, (_, i) => (i % 2 === layer ? 1 : 0));
    const { commitment, codes } = stepOf(at);
    const [toLatent, toCodebooks] = gradient(commitment, [at.latent, at.codebooks]);
    // The fault: residuals from estimated entries, which carry the latent's gradient with them.
    const entries = [0, 1].map((layer) =>
      dequantizeGraph(slice(codes, 1, layer, layer + 1), slice(at.codebooks, 0, layer, layer + 1), 1),
    );
    const lower = straightThrough.estimate(at.latent, stopGradient(entries[0]!));
    const faulty = sum(square(sub(sub(at.latent, lower), stopGradient(entries[1]!))));
    const cancelled = gradient(faulty, [at.latent])[0]!;
    const found = await run(
      at,
      { ...given, layerMask: only(1) },
      { toLatent: toLatent!, toCodebooks: toCodebooks!, cancelled },
    );
    const size = (values: ArrayLike<number | bigint> | undefined) =>
      numbers(values).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(size(found.toLatent)).toBeGreaterThan(1e-3);
    expect(size(found.cancelled)).toBeLessThan(1e-6);
    expect(size(found.toCodebooks)).toBe(0);
  });

  test.each(
    estimators.flatMap((each) => compositions.map((composition) => [each.name, composition] as const)),
  )(
    "the quantized output passes its gradient by %s, %s, and never to the codebooks",
    async (estimator, composition) => {
      const at = declare(sizes);
      const { quantized, codes } = stepOf(at, { estimator, composition });
      const g = input("g", "float32", quantized.shape);
      const [toLatent, toCodebooks] = gradients([quantized], [g], [at.latent, at.codebooks]);
      const given = trainingInput(57);
      given.layerMask.fill(1);
      const cotangent = normalArray(seededRandom(58), sizes.rows * sizes.dimension);
      const names = ["latent", "codebooks", "layerMask"] as const;
      const found = await runGraph(
        {
          g: { input: g, data: cotangent },
          ...Object.fromEntries(names.map((name) => [name, { input: at[name], data: given[name] }])),
        },
        { toLatent: toLatent!, toCodebooks: toCodebooks!, codes },
      );
      expect(numbers(found.toCodebooks).every((x) => x === 0)).toBe(true);
      const { rows: n, dimension: d, layers, entries } = sizes;
      const chosen = Array.from({ length: layers }, (_, layer) =>
        Float32Array.from({ length: n * d }, (_, at) => {
          const code = Number(found.codes![Math.floor(at / d) * layers + layer]);
          return given.codebooks[(layer * entries + code) * d + (at % d)]!;
        }),
      );
      const stack = { latent: given.latent, layers: chosen, n, d };
      expectClose(
        found.toLatent,
        composeResidualVjp(estimatorByName(estimator), composition, stack, cotangent),
        3,
      );
    },
  );
});

describe("restart", () => {
  test("a stack of zeros, forced layer by layer, becomes a codebook of the batch", async () => {
    const at = declare(sizes);
    const step = stepOf(at, { decay: 0.99 });
    let state = trainingInput(60);
    state = {
      ...state,
      codebooks: state.codebooks.map(() => 0),
      sums: state.sums.map(() => 0),
      counts: state.counts.map(() => 1),
    };
    state.layerMask.fill(1);
    const errors: number[] = [];
    for (let layer = 0; layer <= sizes.layers; layer++) {
      const forceRestart = Float32Array.from({ length: sizes.layers }, (_, l) => (l === layer ? 1 : 0));
      const latent = trainingInput(70 + layer).latent;
      const found = await run(
        at,
        { ...state, latent, forceRestart },
        { ...step.nextState, error: step.telemetry.quantizationError },
      );
      const { codebooks, counts, sums } = found as Record<string, Float32Array>;
      state = { ...state, codebooks: codebooks!, counts: counts!, sums: sums! };
      errors.push(Number(found.error![sizes.layers - 1]));
    }
    expect(errors.at(-1)!).toBeLessThan(errors[0]! / 2);
  });

  test("entries take different rows while the batch has enough, for any batch size", () => {
    for (const rows of [1, 7, 450, 7919, 7919 * 3]) {
      const stride = restartStride(rows);
      const taken = new Set(Array.from({ length: Math.min(rows, 1024) }, (_, j) => (j * stride) % rows));
      expect(taken.size).toBe(Math.min(rows, 1024));
    }
  });

  test("an unused layer with no counts stays finite where it is", async () => {
    const at = declare(sizes);
    const step = stepOf(at, { deadBelow: 0 });
    const given = trainingInput(61);
    given.counts.fill(0);
    given.sums.fill(0);
    given.layerMask.fill(0);
    given.forceRestart.fill(0);
    const found = await run(at, given, { ...step.nextState, ...step.telemetry, commitment: step.commitment });
    expectClose(found.codebooks, given.codebooks, 5);
    for (const values of Object.values(found)) expect(numbers(values).every(Number.isFinite)).toBe(true);
  });
});

describe("inference forms", () => {
  const given = trainingInput(62);
  const { layers, entries, dimension } = sizes;
  const quantizer = createResidualVectorQuantizer({
    codebooks: Array.from({ length: layers }, (_, l) =>
      given.codebooks.slice(l * entries * dimension, (l + 1) * entries * dimension),
    ),
    entries,
    dimension,
  });
  const { codes } = quantizer.quantize(given.latent);

  test("graph codes are array codes, of the training step as well", async () => {
    const at = declare(sizes);
    const inference = residualVectorInference(at.latent, at.codebooks).codes;
    const feeds = {
      latent: { input: at.latent, data: given.latent },
      codebooks: { input: at.codebooks, data: given.codebooks },
    };
    const found = await runGraph(feeds, { inference, training: stepOf(at).codes });
    const byRow = Array.from({ length: sizes.rows }, (_, row) => codes.map((layer) => layer[row]!)).flat();
    expect(numbers(found.inference)).toEqual(byRow);
    expect(numbers(found.training)).toEqual(byRow);
  });

  test("the graph dequantizes every prefix to the array's bits", async () => {
    const named = input("codes", "int64", [sizes.rows, layers]);
    const books = input("codebooks", "float32", [layers, entries, dimension]);
    const byRow = Array.from({ length: sizes.rows }, (_, row) =>
      codes.map((layer) => BigInt(layer[row]!)),
    ).flat();
    for (let used = 1; used <= layers; used++) {
      const found = await runGraph(
        {
          codes: { input: named, data: BigInt64Array.from(byRow) },
          codebooks: { input: books, data: given.codebooks },
        },
        { out: dequantizeGraph(named, books, used) },
      );
      expect(found.out).toEqual(quantizer.dequantize(codes.slice(0, used)));
    }
  });

  test("what does not fit is refused", () => {
    const at = declare(sizes);
    const wrong = input("wrong", "float32", [sizes.rows, dimension + 1]);
    expect(() => residualVectorInference(wrong, at.codebooks)).toThrow(NacreError);
    expect(() => stepOf({ ...at, counts: input("counts", "float32", [layers, 3]) })).toThrow(NacreError);
    expect(() => stepOf(at, { deadBelow: 1 })).toThrow(NacreError);
    expect(() => stepOf(at, { estimator: "none" })).toThrow(NacreError);
    expect(() => dequantizeGraph(input("codes", "int64", [4, 2]), at.codebooks, 3)).toThrow(NacreError);
  });
});
