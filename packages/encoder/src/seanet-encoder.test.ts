import { initialValues, type SeanetConfig } from "@nacre/blocks";
import { constant, gradient, input, mean, square, type Tensor } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { changedParts, countMultiplyAdds } from "../test/measure.js";
import { noise, run } from "../test/run.js";
import { encoderByName, seanetEncoder } from "./index.js";

const small: SeanetConfig = {
  sampleRate: 8000,
  ratios: [2, 3],
  filters: 4,
  kernel: 5,
  lastKernel: 3,
  residualKernel: 3,
  residualLayers: 2,
  dilationGrowth: 2,
  compress: 2,
  shortcut: true,
  lstmLayers: 0,
  memory: 0,
  latentDim: 6,
  causal: true,
};
const hop = 6;

function starting(config: SeanetConfig): Record<string, Tensor> {
  const specs = seanetEncoder.parameters(config);
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

function forward(config: SeanetConfig, data: Float32Array): Promise<Float32Array> {
  return run([1, data.length], data, (x) => seanetEncoder.forward(config, starting(config), x));
}

describe.each([true, false])("causal: %s", (causal) => {
  const config = { ...small, causal };
  const { receptiveField, delaySamples } = seanetEncoder.describe(config);

  test("a sample changes the frames whose receptive field it is in, and no other", async () => {
    const frames = 40;
    const samples = noise(frames * hop);
    const base = await forward(config, samples);
    const seen: number[] = [];
    for (const at of [20 * hop, 20 * hop + hop - 1]) {
      const changed = samples.with(at, samples[at]! + 0.5);
      seen.push(...changedParts(base, await forward(config, changed), config.latentDim));
    }
    expect(Math.max(...seen)).toBe(20 + receptiveField.past);
    expect(Math.min(...seen)).toBe(20 - receptiveField.future);
    expect(receptiveField.future > 0).toBe(!causal);
    expect(delaySamples).toBe((1 + receptiveField.future) * hop);
  });

  test("the cost that is described is that of the graph", () => {
    const x = input("x", "float32", [1, 10 * hop]);
    const found = countMultiplyAdds(seanetEncoder.forward(config, starting(config), x));
    expect(found).toBe(10 * seanetEncoder.describe(config).multiplyAddsPerFrame);
  });
});

test("an LSTM makes every later frame depend on a sample, counts as its memory, and refuses to be trained", async () => {
  const config = { ...small, lstmLayers: 2, memory: 7 };
  const samples = noise(30 * hop);
  const base = await forward(config, samples);
  const changed = changedParts(base, await forward(config, samples.with(0, 1)), config.latentDim);
  expect(changed.length).toBeGreaterThan(seanetEncoder.describe(small).receptiveField.past + 5);
  const past = seanetEncoder.describe(config).receptiveField.past;
  expect(past).toBe(seanetEncoder.describe(small).receptiveField.past + 7);
  const x = input("x", "float32", [1, hop]);
  const parameters = starting(config);
  const loss = mean(square(seanetEncoder.forward(config, parameters, x)));
  expect(() => gradient(loss, [parameters["encoder.first.weight"]!])).toThrow("gradient through lstm");
});

test("the shortest sound is one frame, and what is not whole frames is refused", () => {
  const shape = (length: number) =>
    seanetEncoder.forward(small, starting(small), input("x", "float32", [2, length])).shape;
  expect(shape(hop)).toEqual([2, 1, 6]);
  expect(() => shape(hop + 1)).toThrow("frames * 6");
});

test.each([
  [{ ratios: [] }, "ratios"],
  [{ ratios: [2, 0] }, "ratios"],
  [{ ratios: [64, 64, 64] }, "hop"],
  [{ compress: 3 }, "compress"],
  [{ memory: 3 }, "memory"],
  [{ lstmLayers: 1 }, "memory"],
  [{ filters: 1024, ratios: [2, 2, 2, 2, 2, 2, 2, 2] }, "parameters"],
  [{ filters: 2.5 }, "filters"],
  [{ extra: 1 }, "extra"],
])("a config with %o is refused", (change, words) => {
  const network = encoderByName("seanet-encoder", 1);
  expect(() => network.parse({ ...small, ...change })).toThrow(words);
  expect(network.parse(small)).toEqual(small);
});
