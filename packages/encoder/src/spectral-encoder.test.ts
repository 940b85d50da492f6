import { readFileSync, writeFileSync } from "node:fs";
import { type Initial, initialValues } from "@nacre/blocks";
import { isNacreError } from "@nacre/errors";
import { constant, input, onnxModel, type Tensor } from "@nacre/graph";
import { expect, test } from "vitest";
import { changedParts, countMultiplyAdds, gradientNorms } from "../test/measure.js";
import { distance, noise, run } from "../test/run.js";
import { encoderByName, encoders, type SpectralEncoderConfig, spectralEncoder } from "./index.js";

const small: SpectralEncoderConfig = {
  sampleRate: 8000,
  window: 12,
  hop: 4,
  compression: 0.3,
  dim: 10,
  blocks: 3,
  kernel: 5,
  expansion: 2,
  latentDim: 6,
  causal: true,
};

/** The config of the first speech model. */
const speech: SpectralEncoderConfig = {
  sampleRate: 24_000,
  window: 960,
  hop: 320,
  compression: 0.3,
  dim: 192,
  blocks: 6,
  kernel: 7,
  expansion: 3,
  latentDim: 64,
  causal: true,
};

const inputShape = (config: SpectralEncoderConfig, batch: number, frames: number) => [
  batch,
  frames * config.hop,
];

function starting(config: SpectralEncoderConfig, initial?: Initial): Record<string, Tensor> {
  const own = spectralEncoder.parameters(config);
  const specs = initial ? own.map((spec) => ({ ...spec, initial })) : own;
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

function forward(config: SpectralEncoderConfig, data: Float32Array, batch = 1): Promise<Float32Array> {
  const frames = data.length / batch / config.hop;
  return run(inputShape(config, batch, frames), data, (x) =>
    spectralEncoder.forward(config, starting(config), x),
  );
}

test("samples [B, T*hop] become a latent [B, T, D], and batch entries do not touch", async () => {
  const config = small;
  const x = input("x", "float32", inputShape(config, 2, 5));
  expect(spectralEncoder.forward(config, starting(config), x).shape).toEqual([2, 5, 6]);
  const data = noise(2 * 5 * config.hop);
  const both = await forward(config, data, 2);
  const second = await forward(config, data.slice(data.length / 2));
  expect(distance(both.slice(both.length / 2), second)).toBeLessThan(1e-6);
});

const shapes: Partial<SpectralEncoderConfig>[] = [
  {},
  { kernel: 4 },
  { blocks: 1, window: 16 },
  { causal: false },
];

test.each(shapes)(
  "with %j a changed frame changes exactly the frames that describe names",
  async (change) => {
    const config = spectralEncoder.parse({ ...small, ...change });
    const { past, future } = spectralEncoder.describe(config).receptiveField;
    const [at, frames] = [20, 50];
    const data = noise(frames * config.hop);
    const changed = data.map((x, i) => (Math.floor(i / config.hop) === at ? x + 2 : x));
    const [base, found] = await Promise.all([forward(config, data), forward(config, changed)]);
    const expected = Array.from({ length: past + future + 1 }, (_, i) => at - future + i);
    expect(changedParts(base, found, config.latentDim)).toEqual(expected);
  },
);

test.each<Partial<SpectralEncoderConfig>>([
  ...shapes,
  { window: 96, hop: 24, causal: false },
  { window: 960, hop: 320 },
])("with %j the form for running agrees with the definition where it sees enough", async (change) => {
  const config = spectralEncoder.parse({ ...small, ...change });
  const { past, future } = spectralEncoder.describe(config).receptiveField;
  const frames = past + 9 + future;
  const data = noise(frames * config.hop);
  const parameters = starting(config, { kind: "uniform", bound: 0.5 });
  const whole = await run(inputShape(config, 1, frames), data, (x) =>
    spectralEncoder.forward(config, parameters, x),
  );
  const inner = await run(inputShape(config, 1, frames), data, (x) =>
    spectralEncoder.infer!(config, parameters, x),
  );
  const expected = whole.slice(past * config.latentDim, (past + 9) * config.latentDim);
  expect(expected.some((value) => Math.abs(value) > 0.1)).toBe(true);
  expect(distance(expected, inner)).toBeLessThan(2e-5);
});

test("the speech config has the reach, delay and size worked out by hand", () => {
  const found = spectralEncoder.describe(speech);
  const block = 192 * 7 + 2 * 192 * 576;
  expect(found).toEqual({
    receptiveField: { past: 6 * 6 + 2, future: 0 },
    delaySamples: 320,
    multiplyAddsPerFrame: 2 * 480 * 481 + 962 * 192 + 6 * block + 192 * 64,
    parameterCount:
      963 * 192 + 2 * 192 + 6 * (192 * 8 + 2 * 192 + 193 * 576 + 577 * 192 + 192) + 2 * 192 + 193 * 64,
    sampleRate: 24_000,
    hop: 320,
    latentDim: 64,
  });
});

test("frame t is settled once hop t is in: the encoder's delay is that hop", async () => {
  const data = noise(12 * small.hop);
  const { delaySamples } = spectralEncoder.describe(small);
  const known = 7 * small.hop + delaySamples;
  const cut = data.map((x, n) => (n < known ? x : -x));
  const [base, found] = await Promise.all([forward(small, data), forward(small, cut)]);
  expect(changedParts(base, found, small.latentDim)[0]).toBe(8);
});

test.each(["small", "speech"])(
  "multiply-adds and parameters of the %s config count up in its graph",
  (size) => {
    const config = size === "small" ? small : speech;
    const frames = 7;
    const x = input("x", "float32", inputShape(config, 1, frames));
    const { multiplyAddsPerFrame, parameterCount } = spectralEncoder.describe(config);
    expect(countMultiplyAdds(spectralEncoder.forward(config, starting(config), x)) / frames).toBe(
      multiplyAddsPerFrame,
    );
    const values = Object.values(initialValues(spectralEncoder.parameters(config), 1));
    expect(values.reduce((count, { length }) => count + length, 0)).toBe(parameterCount);
  },
);

test("training from scratch starts finite, and every parameter takes part", async () => {
  const specs = spectralEncoder.parameters(small);
  const norms = await gradientNorms(
    initialValues(specs, 1),
    Object.fromEntries(specs.map(({ name, shape }) => [name, shape])),
    { shape: [1, 9 * small.hop], data: noise(9 * small.hop) },
    (parameters, x) => spectralEncoder.forward(small, parameters, x),
  );
  for (const [name, norm] of Object.entries(norms)) {
    expect(Number.isFinite(norm) && norm > 1e-12, `${name}: ${norm}`).toBe(true);
  }
});

test("silence, full scale and far beyond it give a finite latent", async () => {
  const length = 10 * speech.hop;
  for (const level of [0, 1e-12, 1, 1e4]) {
    const latent = await forward(
      speech,
      noise(length).map((x) => x * level),
    );
    expect(latent.every((x) => Number.isFinite(x) && Math.abs(x) < 100)).toBe(true);
  }
});

test("loudness reaches the latent although features are normed", async () => {
  const data = noise(20 * speech.hop);
  const loud = await forward(speech, data);
  const quiet = await forward(
    speech,
    data.map((x) => x * 0.1),
  );
  expect(distance(loud, quiet)).toBeGreaterThan(0.1);
});

const hostile: Record<string, unknown>[] = [
  { dim: 4097 },
  { dim: 0 },
  { dim: -1 },
  { dim: 1.5 },
  { dim: "192" },
  { dim: Number.NaN },
  { dim: null },
  { blocks: 1e9 },
  { blocks: 0 },
  { kernel: 64 },
  { kernel: 1e300 },
  { kernel: 4, causal: false },
  { expansion: 9 },
  { latentDim: 1e6 },
  { window: 5000, hop: 1000 },
  { window: 15, hop: 5 },
  { window: 16, hop: 5 },
  { window: 4000, hop: 1 },
  { hop: 0 },
  { sampleRate: 0 },
  { causal: 1 },
  { dim: 4096, blocks: 64, expansion: 8 },
  { surprise: 1 },
  { compression: 0 },
  { compression: 2 },
];

test.each(hostile)("a config with %j is refused", (change) => {
  expect(codeOf(() => spectralEncoder.parse({ ...small, ...change }))).toBe("model");
});

test("a config survives JSON, and lacks no field", () => {
  expect(spectralEncoder.parse(JSON.parse(JSON.stringify(speech)))).toEqual(speech);
  for (const field of Object.keys(small)) {
    const { [field]: _, ...rest } = small as Record<string, unknown>;
    expect(
      codeOf(() => spectralEncoder.parse(rest)),
      field,
    ).toBe("model");
  }
});

test("an input that does not fit the config is refused", () => {
  for (const shape of [[1, 7], [8], [1, 2, 4]]) {
    const x = input("x", "float32", shape);
    expect(codeOf(() => spectralEncoder.forward(small, starting(small), x))).toBe("shape");
  }
});

test("encoders are found by name and version", () => {
  for (const network of encoders) {
    expect(encoderByName(network.name, network.version)).toBe(network);
  }
  expect(encoderByName("spectral-encoder")).toBe(spectralEncoder);
  expect(codeOf(() => encoderByName("nobody"))).toBe("model");
  expect(codeOf(() => encoderByName("spectral-encoder", 99))).toBe("version");
});

test("one config gives one graph, byte for byte", () => {
  const bytes = () => {
    const x = input("x", "float32", inputShape(small, 1, 4));
    return onnxModel({ inputs: [x], outputs: { y: spectralEncoder.forward(small, starting(small), x) } });
  };
  expect(bytes()).toEqual(bytes());
});

// NACRE_GOLDEN=write stores the vector anew; do so only beside a new version of the architecture.
// Every value is at random, so that each part of the network shows in the vector.
test("version 1 computes the stored golden vector", async () => {
  const path = new URL("../test/golden/spectral-encoder-1.json", import.meta.url);
  const found = await run([1, 12 * small.hop], noise(12 * small.hop, 5), (x) =>
    spectralEncoder.forward(small, starting(small, { kind: "uniform", bound: 0.8 }), x),
  );
  if (process.env.NACRE_GOLDEN === "write") {
    const output = [...found].map((x) => Number(x.toPrecision(8)));
    writeFileSync(path, `${JSON.stringify({ config: small, seed: 1, output })}\n`);
  }
  const golden = JSON.parse(readFileSync(path, "utf8"));
  expect(golden.config).toEqual(small);
  expect(distance(found, golden.output)).toBeLessThan(1e-4);
  expect(Math.max(...golden.output.map(Math.abs))).toBeGreaterThan(0.02);
});

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isNacreError(error)) return error.code;
    throw error;
  }
  return "accepted";
}
