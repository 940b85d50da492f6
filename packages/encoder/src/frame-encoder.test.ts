import { cosinePatches, type Initial, initialValues } from "@nacre/blocks";
import { constant, gradient, input, mul, onnxModel, sum, type Tensor } from "@nacre/graph";
import { InferenceSession, Tensor as Value } from "onnxruntime-node";
import { expect, test } from "vitest";
import { distance, noise } from "../test/run.js";
import { type FrameEncoderConfig, frameEncoder, frameEncoderByName } from "./index.js";

const config: FrameEncoderConfig = {
  dim: 7,
  toldDim: 3,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  latentDim: 6,
  sideDim: 5,
  sideChannels: 3,
};
const shape = [1, 3, 64, 128];
const [frame, prediction] = [input("frame", "float32", shape), input("prediction", "float32", shape)];

function parametersOf(initial: (name: string) => Initial | undefined): Record<string, Tensor> {
  const specs = frameEncoder.parameters(config).map((spec) => ({
    ...spec,
    initial: initial(spec.name) ?? spec.initial,
  }));
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

async function run(outputs: Record<string, Tensor>, one: Float32Array, other: Float32Array) {
  const session = await InferenceSession.create(onnxModel({ inputs: [frame, prediction], outputs }), {
    intraOpNumThreads: 1,
  });
  const found = await session.run({
    frame: new Value("float32", one, shape),
    prediction: new Value("float32", other, shape),
  });
  await session.release();
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, found[name]!.data as Float32Array]));
}

const pixels = (seed: number) => noise(3 * 64 * 128, seed).map((x) => x / 2);
const [one, other] = [pixels(1), pixels(2)];

test("with blocks at rest the latent is the cosine transform of what the prediction lacks, in float64", async () => {
  const parameters = parametersOf((name) => (name.endsWith("layerScale") ? { kind: "zeros" } : undefined));
  const { latent, side } = frameEncoder.forward(config, parameters, frame, prediction);
  expect([latent.shape, side.shape]).toEqual([
    [1, 4, 8, 6],
    [1, 1, 2, 3],
  ]);
  const found = await run({ latent }, one, other);
  const rows = cosinePatches(16, 6);
  const expected = Array.from({ length: 32 }, (_, position) =>
    rows.map((row) =>
      row.reduce((total, weight, at) => {
        const [plane, line, column] = [Math.floor(at / 256), Math.floor(at / 16) % 16, at % 16];
        const y = 16 * Math.floor(position / 8) + line;
        const from = (plane * 64 + y) * 128 + 16 * (position % 8) + column;
        return total + weight * (one[from]! - other[from]!);
      }, 0),
    ),
  ).flat();
  expect(distance(found.latent!, expected)).toBeLessThan(2e-5);
});

test("the latent depends on the prediction beyond the difference, and gradients reach every parameter", async () => {
  const parameters = parametersOf((name) =>
    name.endsWith("layerScale") ? { kind: "constant", value: 0.5 } : undefined,
  );
  const { latent, side } = frameEncoder.forward(config, parameters, frame, prediction);
  const shifted = (values: Float32Array) => values.map((x, at) => x + 0.2 * Math.sin(at / 40));
  const [here, there] = [
    await run({ latent }, one, other),
    await run({ latent }, shifted(one), shifted(other)),
  ];
  expect(distance(here.latent!, there.latent!)).toBeGreaterThan(1e-3);
  const loss = sum(mul(latent, latent));
  const specs = frameEncoder.parameters(config).filter(({ name }) => !name.includes("side"));
  const slopes = gradient(
    loss,
    specs.map(({ name }) => parameters[name]!),
  ).map((slope) => sum(mul(slope, slope)));
  const found = await run(Object.fromEntries(slopes.map((slope, i) => [`s${i}`, slope])), one, other);
  for (const [i, { name }] of specs.entries()) expect(found[`s${i}`]![0], name).toBeGreaterThan(0);
  expect(side.shape[3]).toBe(3);
});

test("frames that are no whole cells, or of two sizes, and configs that fit nothing are refused", () => {
  const parameters = parametersOf(() => undefined);
  const odd = input("odd", "float32", [1, 3, 60, 128]);
  for (const [a, b] of [
    [odd, odd],
    [frame, odd],
  ] as const) {
    expect(() => frameEncoder.forward(config, parameters, a, b)).toThrow(
      expect.objectContaining({ code: "shape" }),
    );
  }
  for (const change of [{ kernel: 4 }, { dim: 0 }, { toldDim: 193 }, { more: 1 }]) {
    expect(() => frameEncoder.parse({ ...config, ...change })).toThrow(
      expect.objectContaining({ code: "model" }),
    );
  }
  expect(frameEncoderByName("frame-encoder")).toBe(frameEncoder);
});

test("its cost is told: a film's sender takes three thousand multiply-adds a pixel", () => {
  const film = {
    dim: 192,
    toldDim: 16,
    blocks: 3,
    kernel: 5,
    expansion: 2,
    latentDim: 192,
    sideDim: 32,
    sideChannels: 16,
  };
  const { multiplyAddsPerPixel, parameterCount } = frameEncoder.describe(film);
  expect([multiplyAddsPerPixel, parameterCount]).toEqual([3049.0625, 878_016]);
});
