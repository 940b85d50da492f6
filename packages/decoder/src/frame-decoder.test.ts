import { cosinePatches, type Initial, initialValues } from "@nacre/blocks";
import { constant, input, onnxModel, type Tensor } from "@nacre/graph";
import { InferenceSession, Tensor as Value } from "onnxruntime-node";
import { expect, test } from "vitest";
import { distance, noise } from "../test/run.js";
import { type FrameDecoderConfig, frameDecoder, frameDecoderByName } from "./index.js";

const config: FrameDecoderConfig = {
  latentDim: 9,
  sideChannels: 3,
  layers: 4,
  dim: 9,
  toldDim: 4,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  fineDim: 48,
  fineToldDim: 5,
  fineBlocks: 1,
  fineKernel: 3,
  fineExpansion: 2,
};
const shapes = { latent: [1, 4, 8, 9], side: [1, 1, 2, 3], depth: [1, 5], prediction: [1, 3, 64, 128] };
const inputs = {
  latent: input("latent", "float32", shapes.latent),
  side: input("side", "float32", shapes.side),
  depth: input("depth", "float32", shapes.depth),
  prediction: input("prediction", "float32", shapes.prediction),
};

function parametersOf(initial: (name: string) => Initial | undefined): Record<string, Tensor> {
  const specs = frameDecoder.parameters(config).map((spec) => ({
    ...spec,
    initial: initial(spec.name) ?? spec.initial,
  }));
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

async function decode(
  parameters: Record<string, Tensor>,
  given: { latent: Float32Array; side: Float32Array; prediction: Float32Array; depth?: number },
): Promise<Float32Array> {
  const output = frameDecoder.forward(config, parameters, inputs);
  const model = onnxModel({ inputs: Object.values(inputs), outputs: { output } });
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const depth = Float32Array.from({ length: 5 }, (_, at) => (at === (given.depth ?? 2) ? 1 : 0));
  const found = await session.run({
    latent: new Value("float32", given.latent, shapes.latent),
    side: new Value("float32", given.side, shapes.side),
    depth: new Value("float32", depth, shapes.depth),
    prediction: new Value("float32", given.prediction, shapes.prediction),
  });
  await session.release();
  return found.output!.data as Float32Array;
}

const prediction = noise(3 * 64 * 128, 3).map((x) => x / 2);
const nothing = { latent: new Float32Array(4 * 8 * 9), side: new Float32Array(2 * 3), prediction };
const atRest = (name: string): Initial | undefined =>
  name.endsWith("layerScale") ? { kind: "zeros" } : undefined;

test("before training nothing coded is the prediction itself, but for what blocks that know nothing add", async () => {
  expect(distance(await decode(parametersOf(atRest), nothing), [...prediction])).toBeLessThan(1e-5);
  const started = await decode(
    parametersOf(() => undefined),
    nothing,
  );
  expect(distance(started, [...prediction])).toBeLessThan(0.2);
});

test("before training a latent adds its cosine functions, in float64", async () => {
  const latent = noise(4 * 8 * 9, 5).map((x) => x / 4);
  const found = await decode(parametersOf(atRest), { ...nothing, latent });
  const rows = cosinePatches(16, 9);
  const expected = [...prediction];
  for (let position = 0; position < 32; position++) {
    for (const [channel, row] of rows.entries()) {
      for (const [at, weight] of row.entries()) {
        const [plane, line, column] = [Math.floor(at / 256), Math.floor(at / 16) % 16, at % 16];
        const y = 16 * Math.floor(position / 8) + line;
        expected[(plane * 64 + y) * 128 + 16 * (position % 8) + column]! +=
          weight * latent[9 * position + channel]!;
      }
    }
  }
  expect(distance(found, expected)).toBeLessThan(2e-5);
});

test("depth, side values and the prediction each change what is decoded", async () => {
  const parameters = parametersOf((name) => {
    if (name.includes("depth")) return { kind: "normal", deviation: 1 };
    return name.endsWith("layerScale") ? { kind: "constant", value: 0.5 } : undefined;
  });
  const latent = noise(4 * 8 * 9, 5);
  const one = await decode(parameters, { ...nothing, latent });
  const side = Float32Array.of(3, 0, 0, 0, -2, 1);
  const brighter = prediction.map((x) => x + 0.1);
  expect(distance(one, await decode(parameters, { ...nothing, latent, depth: 3 }))).toBeGreaterThan(1e-3);
  expect(distance(one, await decode(parameters, { ...nothing, latent, side }))).toBeGreaterThan(1e-3);
  const moved = await decode(parameters, { ...nothing, latent, prediction: brighter });
  expect(distance(one, moved)).toBeGreaterThan(1e-3);
});

test("inputs that do not fit each other and configs that fit nothing are refused", () => {
  const parameters = parametersOf(() => undefined);
  const small = input("small", "float32", [1, 3, 64, 64]);
  expect(() => frameDecoder.forward(config, parameters, { ...inputs, prediction: small })).toThrow(
    expect.objectContaining({ code: "shape" }),
  );
  for (const change of [{ fineKernel: 2 }, { fineDim: 49 }, { layers: 0 }]) {
    expect(() => frameDecoder.parse({ ...config, ...change })).toThrow(
      expect.objectContaining({ code: "model" }),
    );
  }
  expect(frameDecoderByName("frame-decoder")).toBe(frameDecoder);
});
