import { readFileSync, writeFileSync } from "node:fs";
import { type Initial, initialValues } from "@nacre/blocks";
import { isNacreError } from "@nacre/errors";
import { constant, input, onnxModel, type Tensor } from "@nacre/graph";
import { expect, test } from "vitest";
import { changedParts, countMultiplyAdds, gradientNorms } from "../test/measure.js";
import { distance, noise, run } from "../test/run.js";
import { decoderByName, decoders, type SpectralDecoderConfig, spectralDecoder } from "./index.js";

const small: SpectralDecoderConfig = {
  sampleRate: 8000,
  window: 12,
  hop: 4,
  dim: 10,
  blocks: 3,
  kernel: 5,
  expansion: 2,
  latentDim: 6,
  lookahead: 1,
  causal: true,
};

/** The config of the first speech model. */
const speech: SpectralDecoderConfig = {
  sampleRate: 24_000,
  window: 960,
  hop: 320,
  dim: 192,
  blocks: 8,
  kernel: 7,
  expansion: 3,
  latentDim: 64,
  lookahead: 1,
  causal: true,
};

const inputShape = (config: SpectralDecoderConfig, batch: number, frames: number) => [
  batch,
  frames,
  config.latentDim,
];

function starting(config: SpectralDecoderConfig, initial?: Initial): Record<string, Tensor> {
  const own = spectralDecoder.parameters(config);
  const specs = initial ? own.map((spec) => ({ ...spec, initial })) : own;
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

function forward(config: SpectralDecoderConfig, data: Float32Array, batch = 1): Promise<Float32Array> {
  const frames = data.length / batch / config.latentDim;
  return run(inputShape(config, batch, frames), data, (x) =>
    spectralDecoder.forward(config, starting(config), x),
  );
}

test("a latent [B, T, D] becomes samples [B, T*hop], and batch entries do not touch", async () => {
  const config = small;
  const x = input("x", "float32", inputShape(config, 2, 5));
  expect(spectralDecoder.forward(config, starting(config), x).shape).toEqual([2, 20]);
  const data = noise(2 * 5 * config.latentDim);
  const both = await forward(config, data, 2);
  const second = await forward(config, data.slice(data.length / 2));
  expect(distance(both.slice(both.length / 2), second)).toBeLessThan(1e-6);
});

const shapes: Partial<SpectralDecoderConfig>[] = [
  {},
  { kernel: 4 },
  { blocks: 1, window: 16 },
  { causal: false, lookahead: 0 },
  { lookahead: 0 },
  { lookahead: 4 },
];

test.each(shapes)(
  "with %j a changed frame changes exactly the frames that describe names",
  async (change) => {
    const config = spectralDecoder.parse({ ...small, ...change });
    const { past, future } = spectralDecoder.describe(config).receptiveField;
    const [at, frames] = [20, 50];
    const data = noise(frames * config.latentDim);
    const changed = data.map((x, i) => (Math.floor(i / config.latentDim) === at ? x + 2 : x));
    const [base, found] = await Promise.all([forward(config, data), forward(config, changed)]);
    const expected = Array.from({ length: past + future + 1 }, (_, i) => at - future + i);
    expect(changedParts(base, found, config.hop)).toEqual(expected);
  },
);

// Windows of 12 and 16 take the plain transform, 96 and 960 the one in two stages.
test.each<Partial<SpectralDecoderConfig>>([
  ...shapes,
  { window: 96, hop: 32 },
  { window: 96, hop: 24, causal: false, lookahead: 0 },
  { window: 960, hop: 320 },
])("with %j the form for running agrees with the definition where it sees enough", async (change) => {
  const config = spectralDecoder.parse({ ...small, ...change });
  const { past, future } = spectralDecoder.describe(config).receptiveField;
  const frames = past + 9 + future;
  const data = noise(frames * config.latentDim);
  const parameters = starting(config, { kind: "uniform", bound: 0.3 });
  const whole = await run(inputShape(config, 1, frames), data, (x) =>
    spectralDecoder.forward(config, parameters, x),
  );
  const inner = await run(inputShape(config, 1, frames), data, (x) =>
    spectralDecoder.infer!(config, parameters, x),
  );
  const expected = whole.slice(past * config.hop, (past + 9) * config.hop);
  const loudest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(loudest).toBeGreaterThan(0.01);
  expect(distance(expected, inner) / loudest).toBeLessThan(1e-5);
});

test("the speech config has the reach, delay and size worked out by hand", () => {
  const found = spectralDecoder.describe(speech);
  const block = 192 * 7 + 2 * 192 * 576;
  expect(found).toEqual({
    receptiveField: { past: 8 * 6 - 1, future: 1 + 2 },
    delaySamples: 960,
    multiplyAddsPerFrame: 64 * 192 + 8 * block + 192 * 962 + 2 * 480 * 481,
    parameterCount:
      65 * 192 + 2 * 192 + 8 * (192 * 8 + 2 * 192 + 193 * 576 + 577 * 192 + 192) + 2 * 192 + 193 * 962,
    sampleRate: 24_000,
    hop: 320,
    latentDim: 64,
  });
});

test("with an encoder's hop the speech config delays by less than 60 ms", () => {
  const { delaySamples, hop, sampleRate } = spectralDecoder.describe(speech);
  expect((delaySamples + hop) / sampleRate).toBeLessThanOrEqual(0.06);
});

test.each(["small", "speech"])(
  "multiply-adds and parameters of the %s config count up in its graph",
  (size) => {
    const config = size === "small" ? small : speech;
    const frames = 7;
    const x = input("x", "float32", inputShape(config, 1, frames));
    const { multiplyAddsPerFrame, parameterCount } = spectralDecoder.describe(config);
    expect(countMultiplyAdds(spectralDecoder.forward(config, starting(config), x)) / frames).toBe(
      multiplyAddsPerFrame,
    );
    const values = Object.values(initialValues(spectralDecoder.parameters(config), 1));
    expect(values.reduce((count, { length }) => count + length, 0)).toBe(parameterCount);
  },
);

test("training from scratch starts finite, and every parameter takes part", async () => {
  const specs = spectralDecoder.parameters(small);
  const norms = await gradientNorms(
    initialValues(specs, 1),
    Object.fromEntries(specs.map(({ name, shape }) => [name, shape])),
    { shape: [1, 9, small.latentDim], data: noise(9 * small.latentDim) },
    (parameters, x) => spectralDecoder.forward(small, parameters, x),
  );
  for (const [name, norm] of Object.entries(norms)) {
    expect(Number.isFinite(norm) && norm > 1e-12, `${name}: ${norm}`).toBe(true);
  }
});

test("an untrained network is quiet, and a latent of any size gives finite samples", async () => {
  const data = noise(20 * speech.latentDim);
  expect(Math.max(...(await forward(speech, data)).map(Math.abs))).toBeLessThan(1);
  for (const level of [0, 1e-12, 1e6]) {
    const samples = await forward(
      speech,
      data.map((x) => x * level),
    );
    expect(samples.every(Number.isFinite)).toBe(true);
  }
});

test("a head that asks for endless magnitude gets e^7 in each bin", async () => {
  const parameters = {
    ...starting(small),
    "decoder.head.weight": constant(new Float32Array(140), [10, 14]),
    // Phase 0 in all bins is one click in each window's middle, where no other window has one.
    "decoder.head.bias": constant(
      Float32Array.from({ length: 14 }, (_, i) => (i < 7 ? 1e9 : 0)),
      [14],
    ),
  };
  const samples = await run([1, 4, 6], noise(24), (x) => spectralDecoder.forward(small, parameters, x));
  expect(Math.max(...samples)).toBeCloseTo(Math.exp(7) / (9 / 8), 2);
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
  { kernel: 4, causal: false, lookahead: 0 },
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
  { window: 8, hop: 4 },
  { lookahead: 5 },
  { lookahead: -1 },
  { lookahead: 1, causal: false },
];

test.each(hostile)("a config with %j is refused", (change) => {
  expect(codeOf(() => spectralDecoder.parse({ ...small, ...change }))).toBe("model");
});

test("a config survives JSON, and lacks no field", () => {
  expect(spectralDecoder.parse(JSON.parse(JSON.stringify(speech)))).toEqual(speech);
  for (const field of Object.keys(small)) {
    const { [field]: _, ...rest } = small as Record<string, unknown>;
    expect(
      codeOf(() => spectralDecoder.parse(rest)),
      field,
    ).toBe("model");
  }
});

test("an input that does not fit the config is refused", () => {
  for (const shape of [
    [1, 4, 5],
    [4, 6],
    [1, 4, 6, 1],
  ]) {
    const x = input("x", "float32", shape);
    expect(codeOf(() => spectralDecoder.forward(small, starting(small), x))).toBe("shape");
  }
});

test("decoders are found by name and version", () => {
  for (const network of decoders) {
    expect(decoderByName(network.name, network.version)).toBe(network);
  }
  expect(decoderByName("spectral-decoder")).toBe(spectralDecoder);
  expect(codeOf(() => decoderByName("nobody"))).toBe("model");
  expect(codeOf(() => decoderByName("spectral-decoder", 99))).toBe("version");
});

test("one config gives one graph, byte for byte", () => {
  const bytes = () => {
    const x = input("x", "float32", inputShape(small, 1, 4));
    return onnxModel({ inputs: [x], outputs: { y: spectralDecoder.forward(small, starting(small), x) } });
  };
  expect(bytes()).toEqual(bytes());
});

// NACRE_GOLDEN=write stores the vector anew; do so only beside a new version of the architecture.
// Every value is at random, so that each part of the network shows in the vector.
test("version 1 computes the stored golden vector", async () => {
  const path = new URL("../test/golden/spectral-decoder-1.json", import.meta.url);
  const found = await run([1, 12, small.latentDim], noise(12 * small.latentDim, 5), (x) =>
    spectralDecoder.forward(small, starting(small, { kind: "uniform", bound: 0.8 }), x),
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
