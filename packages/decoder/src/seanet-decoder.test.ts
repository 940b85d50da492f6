import { initialValues, type SeanetConfig } from "@nacre/blocks";
import { constant, input, type Tensor } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import { changedParts } from "../test/measure.js";
import { noise, run } from "../test/run.js";
import { decoderByName, seanetDecoder } from "./index.js";

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
  shortcut: false,
  lstmLayers: 0,
  memory: 0,
  latentDim: 6,
  causal: true,
};
const hop = 6;

function starting(config: SeanetConfig): Record<string, Tensor> {
  const specs = seanetDecoder.parameters(config);
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

function forward(config: SeanetConfig, data: Float32Array): Promise<Float32Array> {
  const shape = [1, data.length / config.latentDim, config.latentDim];
  return run(shape, data, (x) => seanetDecoder.forward(config, starting(config), x));
}

describe.each([true, false])("causal: %s", (causal) => {
  test("a frame changes samples within the receptive field alone, and reaches almost as far as is said", async () => {
    const config = { ...small, causal };
    const { past, future } = seanetDecoder.describe(config).receptiveField;
    const latent = noise(40 * config.latentDim);
    const base = await forward(config, latent);
    const at = 20 * config.latentDim;
    const changed = latent.with(at, latent[at]! + 0.5);
    const seen = changedParts(base, await forward(config, changed), hop);
    // Reaches of layers add up in samples and are rounded up to frames once.
    expect(Math.max(...seen)).toBeLessThanOrEqual(20 + past);
    expect(Math.max(...seen)).toBeGreaterThanOrEqual(20 + past - 1);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(20 - future);
    expect(Math.min(...seen)).toBeLessThanOrEqual(causal ? 20 : 21 - future);
  });
});

test("a latent [B, T, D] becomes samples [B, T*hop], from one frame on; other widths are refused", () => {
  const shape = (frames: number, width: number) =>
    seanetDecoder.forward(small, starting(small), input("x", "float32", [2, frames, width])).shape;
  expect(shape(1, 6)).toEqual([2, hop]);
  expect(shape(5, 6)).toEqual([2, 5 * hop]);
  expect(() => shape(5, 7)).toThrow("[batch, frames, 6]");
});

test("a decoder is found by its name, with its LSTM's memory in what it sees, and has ends of its own", () => {
  const network = decoderByName("seanet-decoder", 1);
  const remembering = network.describe(network.parse({ ...small, lstmLayers: 1, memory: 9 }));
  const { receptiveField, ownEnds } = network.describe(network.parse(small));
  expect(remembering.receptiveField).toEqual({ past: receptiveField.past + 9, future: 0 });
  expect(ownEnds).toBe(true);
});
