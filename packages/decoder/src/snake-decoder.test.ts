import { initialValues, type SnakeDecoderConfig } from "@nacre/blocks";
import { constant, input, type Tensor } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { changedParts, countMultiplyAdds } from "../test/measure.js";
import { noise, run } from "../test/run.js";
import { decoderByName, snakeDecoder } from "./index.js";

const small: SnakeDecoderConfig = {
  sampleRate: 8000,
  ratios: [2, 3],
  width: 16,
  latentDim: 6,
  depthwise: false,
  attention: 0,
  whole: true,
};
const hop = 6;

function starting(config: SnakeDecoderConfig): Record<string, Tensor> {
  const specs = snakeDecoder.parameters(config);
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

function forward(config: SnakeDecoderConfig, data: Float32Array): Promise<Float32Array> {
  const shape = [1, data.length / config.latentDim, config.latentDim];
  return run(shape, data, (x) => snakeDecoder.forward(config, starting(config), x));
}

describe.each([true, false])("channels apart: %s", (depthwise) => {
  const config = { ...small, depthwise };

  test("a frame changes samples within the receptive field alone, and reaches almost as far as is said", async () => {
    const { past, future } = snakeDecoder.describe(config).receptiveField;
    // Small, so that tanh hides nothing.
    const latent = noise(100 * config.latentDim).map((value) => value / 100);
    const base = await forward(config, latent);
    const at = 50 * config.latentDim;
    const seen = changedParts(base, await forward(config, latent.with(at, latent[at]! + 0.02)), hop);
    expect(50 + past - Math.max(...seen)).toBeOneOf([0, 1, 2]);
    expect(Math.min(...seen) - (50 - future)).toBeOneOf([0, 1, 2]);
  });

  test("the cost that is described is that of the graph", () => {
    const x = input("x", "float32", [1, 10, config.latentDim]);
    const found = countMultiplyAdds(snakeDecoder.forward(config, starting(config), x));
    expect(found).toBeCloseTo(10 * snakeDecoder.describe(config).multiplyAddsPerFrame, 3);
  });
});

test("samples lie within -1 and 1; the last place that an odd ratio leaves out is silence", async () => {
  const latent = noise(100 * 6);
  const whole = await forward(small, latent);
  const cut = await forward({ ...small, whole: false }, latent);
  expect([whole.length, cut.length]).toEqual([100 * hop, 100 * hop]);
  expect(whole.every((value) => Math.abs(value) <= 1)).toBe(true);
  // One place less at the scale of the ratio of two.
  expect([...cut.subarray(-2)]).toEqual([0, 0]);
  expect(whole.at(-1)).not.toBe(0);
  expect([...cut.subarray(0, 300)]).toEqual(
    [...whole.subarray(0, 300)].map((value) => expect.closeTo(value, 5)),
  );
});

test("a latent [B, T, D] becomes samples [B, T*hop], from one group of frames on; other shapes are refused", () => {
  const shape = (frames: number, width: number, config = small) =>
    snakeDecoder.forward(config, starting(config), input("x", "float32", [2, frames, width])).shape;
  expect(shape(1, 6)).toEqual([2, hop]);
  expect(shape(5, 6)).toEqual([2, 5 * hop]);
  expect(() => shape(5, 7)).toThrow("n * 1, 6]");
  const attending = { ...small, width: 64, attention: 4 };
  expect(shape(8, 6, attending)).toEqual([2, 8 * hop]);
  expect(() => shape(6, 6, attending)).toThrow("n * 4, 6]");
});

test.each([
  [{ width: 18 }, "2 ratios can halve"],
  [{ attention: 4 }, "whole heads of 64"],
  [{ whole: 1 }, "whole"],
  [{ lastKernel: 3 }, "lastKernel"],
  [{ width: 8192, latentDim: 8192 }, "parameters"],
])("a config with %o is refused", (change, words) => {
  const network = decoderByName("snake-decoder", 1);
  expect(() => network.parse({ ...small, ...change })).toThrow(words);
  expect(network.parse(small)).toEqual(small);
});
