import { initialValues, type SnakeEncoderConfig } from "@nacre/blocks";
import {
  abs,
  concat,
  constant,
  gradient,
  input,
  mean,
  reduceMax,
  reshape,
  square,
  type Tensor,
} from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { changedParts, countMultiplyAdds } from "../test/measure.js";
import { noise, run } from "../test/run.js";
import { encoderByName, snakeEncoder } from "./index.js";

const small: SnakeEncoderConfig = {
  sampleRate: 8000,
  ratios: [2, 3],
  width: 4,
  latentDim: 6,
  depthwise: false,
  attention: 0,
  lastKernel: 3,
  lastActivated: true,
};
const hop = 6;
const apart = { ...small, depthwise: true, lastKernel: 7, lastActivated: false, latentDim: 16 };

function starting(config: SnakeEncoderConfig): Record<string, Tensor> {
  const specs = snakeEncoder.parameters(config);
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

function forward(config: SnakeEncoderConfig, data: Float32Array): Promise<Float32Array> {
  return run([1, data.length], data, (x) => snakeEncoder.forward(config, starting(config), x));
}

describe.each([
  ["mixed", small],
  ["apart", apart],
])("channels %s", (_, config) => {
  const { receptiveField, delaySamples, ownEnds } = snakeEncoder.describe(config);

  test("a sample changes the frames whose receptive field it is in, and no other", async () => {
    const samples = noise(100 * hop);
    const base = await forward(config, samples);
    const seen: number[] = [];
    for (const at of [50 * hop, 50 * hop + hop - 1]) {
      const changed = samples.with(at, samples[at]! + 0.5);
      seen.push(...changedParts(base, await forward(config, changed), config.latentDim));
    }
    // Reaches of layers add up in samples and are rounded up to frames once.
    expect(50 + receptiveField.past - Math.max(...seen)).toBeOneOf([0, 1]);
    expect(Math.min(...seen) - (50 - receptiveField.future)).toBeOneOf([0, 1]);
    expect(delaySamples).toBe((1 + receptiveField.future) * hop);
    expect(ownEnds).toBe(true);
  });

  test("the cost that is described is that of the graph", () => {
    const x = input("x", "float32", [1, 10 * hop]);
    const found = countMultiplyAdds(snakeEncoder.forward(config, starting(config), x));
    expect(found).toBeCloseTo(10 * snakeEncoder.describe(config).multiplyAddsPerFrame, 3);
  });
});

test("attention joins the frames of a window and no others, and is counted as frames that come together", async () => {
  const config = { ...apart, width: 16, latentDim: 64, attention: 4 };
  const plain = snakeEncoder.describe({ ...config, attention: 0 }).receptiveField;
  const { receptiveField, framesTogether } = snakeEncoder.describe(config);
  expect(framesTogether).toBe(4);
  expect(receptiveField).toEqual({ past: plain.past + 3, future: plain.future + 3 });
  const samples = noise(80 * hop);
  const base = await forward(config, samples);
  const changed = await forward(config, samples.with(41 * hop, 2));
  const seen = changedParts(base, changed, config.latentDim);
  expect(Math.max(...seen)).toBeLessThanOrEqual(41 + receptiveField.past);
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(41 - receptiveField.future);
});

test("every parameter has a gradient", async () => {
  const config = { ...apart, width: 16, latentDim: 64, attention: 2 };
  const parameters = starting(config);
  const data = noise(6 * hop);
  const largest = await run([1, data.length], data, (x) => {
    const loss = mean(square(snakeEncoder.forward(config, parameters, x)));
    const slopes = gradient(loss, Object.values(parameters));
    return concat(
      slopes.map((slope) => reshape(reduceMax(abs(slope)), [1])),
      0,
    );
  });
  for (const [at, name] of Object.keys(parameters).entries())
    expect(largest[at]! > 0 && Number.isFinite(largest[at]), name).toBe(true);
});

test("the shortest sound is one group of frames, and what is not whole groups is refused", () => {
  const shape = (length: number, config = small) =>
    snakeEncoder.forward(config, starting(config), input("x", "float32", [2, length])).shape;
  expect(shape(hop)).toEqual([2, 1, 6]);
  expect(() => shape(hop + 1)).toThrow("n * 6");
  expect(() => shape(3 * hop, { ...apart, width: 16, latentDim: 64, attention: 2 })).toThrow("n * 12");
});

test.each([
  [{ ratios: [] }, "ratios"],
  [{ ratios: [64, 64, 64] }, "hop"],
  [{ lastKernel: 4 }, "lastKernel"],
  [{ attention: 4 }, "whole heads of 64"],
  [{ depthwise: true }, "latentDim"],
  [{ width: 4096 }, "width grows"],
  [{ width: 1024, ratios: [2, 2, 2] }, "parameters"],
  [{ extra: 1 }, "extra"],
])("a config with %o is refused", (change, words) => {
  const network = encoderByName("snake-encoder", 1);
  expect(() => network.parse({ ...small, ...change })).toThrow(words);
  expect(network.parse(small)).toEqual(small);
});
