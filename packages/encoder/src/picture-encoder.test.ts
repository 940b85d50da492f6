import { readFileSync, writeFileSync } from "node:fs";
import { type Initial, initialValues } from "@nacre/blocks";
import { isNacreError } from "@nacre/errors";
import { concat, constant, input, onnxModel, reshape, type Tensor } from "@nacre/graph";
import { expect, test } from "vitest";
import { changedParts, countMultiplyAdds, gradientNorms } from "../test/measure.js";
import { encodePictures } from "../test/picture.js";
import { distance, noise } from "../test/run.js";
import { type PictureEncoderConfig, pictureEncoder, pictureEncoderByName, pictureEncoders } from "./index.js";

const small: PictureEncoderConfig = {
  dim: 10,
  blocks: 2,
  kernel: 3,
  expansion: 2,
  latentDim: 6,
  sideDim: 5,
  sideChannels: 3,
};

/** The size that the budget of a sender was worked out for. */
const photo: PictureEncoderConfig = {
  dim: 192,
  blocks: 10,
  kernel: 5,
  expansion: 3,
  latentDim: 192,
  sideDim: 192,
  sideChannels: 32,
};

function starting(config: PictureEncoderConfig, initial?: Initial): Record<string, Tensor> {
  const own = pictureEncoder.parameters(config);
  const specs = initial ? own.map((spec) => ({ ...spec, initial })) : own;
  const values = initialValues(specs, 1);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, constant(values[name]!, shape)]));
}

const pictures = (shape: readonly number[], seed = 1) =>
  noise(
    shape.reduce((a, b) => a * b),
    seed,
  ).map((x) => x / 2);

test("pictures become a latent at 1/16 and side values at 1/64, and batch entries do not touch", async () => {
  const shape = [2, 3, 64, 128];
  const x = input("x", "float32", shape);
  const { latent, side } = pictureEncoder.forward(small, starting(small), x);
  expect([latent.shape, side.shape]).toEqual([
    [2, 4, 8, 6],
    [2, 1, 2, 3],
  ]);
  const data = pictures(shape);
  const both = await encodePictures(small, starting(small), data, shape);
  const half = data.slice(data.length / 2);
  const second = await encodePictures(small, starting(small), half, [1, 3, 64, 128]);
  expect(distance(both.latent.slice(both.latent.length / 2), second.latent)).toBeLessThan(1e-6);
  expect(distance(both.side.slice(both.side.length / 2), second.side)).toBeLessThan(1e-6);
});

const shapes: Partial<PictureEncoderConfig>[] = [{}, { kernel: 5, blocks: 1 }, { kernel: 1 }, { blocks: 3 }];

test.each(shapes)(
  "with %j a changed pixel changes exactly the positions and cells that describe names",
  async (change) => {
    const config = pictureEncoder.parse({ ...small, ...change });
    const { receptiveField, patch, cell } = pictureEncoder.describe(config);
    const [height, width] = [12, 16];
    const [line, column] = [6, 9];
    const shape = [1, 3, height * patch, width * patch];
    const data = pictures(shape);
    const changed = data.slice();
    // The last pixel of its patch, in the middle channel.
    changed[(height * patch + line * patch + 15) * width * patch + column * patch + 15]! += 2;
    const base = await encodePictures(config, starting(config), data, shape);
    const found = await encodePictures(config, starting(config), changed, shape);

    const { past, future } = receptiveField;
    const positions: number[] = [];
    const cells = new Set<number>();
    for (let y = line - future; y <= line + past; y += 1) {
      for (let x = column - future; x <= column + past; x += 1) {
        positions.push(y * width + x);
        cells.add(Math.floor(y / cell) * (width / cell) + Math.floor(x / cell));
      }
    }
    expect(changedParts(base.latent, found.latent, config.latentDim)).toEqual(positions);
    expect(changedParts(base.side, found.side, config.sideChannels)).toEqual(
      [...cells].toSorted((a, b) => a - b),
    );
  },
);

test("the photo config has the reach, cost and size worked out by hand", () => {
  const block = 25 * 192 + 2 * 192 * 576;
  const cell = 16 * 192 * 192 + 192 * 32;
  expect(pictureEncoder.describe(photo)).toEqual({
    receptiveField: { past: 20, future: 20 },
    multiplyAddsPerPixel: (768 * 192 + 10 * block + 192 * 192 + cell / 16) / 256,
    parameterCount:
      769 * 192 + 10 * (192 * 26 + 2 * 192 + 193 * 576 + 577 * 192 + 192) + 193 * 192 + 3073 * 192 + 193 * 32,
    patch: 16,
    cell: 4,
    latentDim: 192,
    sideChannels: 32,
  });
});

test("the photo config stays within a sender's budget of 10000 multiply-adds per pixel", () => {
  expect(pictureEncoder.describe(photo).multiplyAddsPerPixel).toBeLessThan(10_000);
});

test.each([small, photo])("multiply-adds and parameters of a config count up in its graph", (config) => {
  const x = input("x", "float32", [1, 3, 128, 64]);
  const { multiplyAddsPerPixel, parameterCount } = pictureEncoder.describe(config);
  // Side values come of the latent: whatever is computed for one is computed for the other.
  const { side } = pictureEncoder.forward(config, starting(config), x);
  expect(countMultiplyAdds(side) / (128 * 64)).toBe(multiplyAddsPerPixel);
  const values = Object.values(initialValues(pictureEncoder.parameters(config), 1));
  expect(values.reduce((count, { length }) => count + length, 0)).toBe(parameterCount);
});

test("training from scratch starts finite, and every parameter takes part", async () => {
  const specs = pictureEncoder.parameters(small);
  const shape = [2, 3, 64, 128];
  const norms = await gradientNorms(
    initialValues(specs, 1),
    Object.fromEntries(specs.map(({ name, shape }) => [name, shape])),
    { shape, data: pictures(shape) },
    (parameters, x) => {
      const { latent, side } = pictureEncoder.forward(small, parameters, x);
      return concat([reshape(latent, [-1]), reshape(side, [-1])], 0);
    },
  );
  for (const [name, norm] of Object.entries(norms)) {
    expect(Number.isFinite(norm) && norm > 1e-12, `${name}: ${norm}`).toBe(true);
  }
});

test("all parameters are the encoder's by name, each name once", () => {
  const names = pictureEncoder.parameters(photo).map(({ name }) => name);
  expect(names.every((name) => name.startsWith("encoder."))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

test("grey, white, noise and far beyond give a finite latent in proportion", async () => {
  const levels = [0, 1e-12, 1, 1e4];
  const kinds = [pictures([3, 64, 64]), new Float32Array(3 * 64 * 64).fill(0.5)];
  const items = levels.flatMap((level) => kinds.map((kind) => kind.map((x) => x * level)));
  const data = Float32Array.from(items.flatMap((item) => [...item]));
  const config = { ...photo, blocks: 2 };
  const { latent, side } = await encodePictures(config, starting(config), data, [items.length, 3, 64, 64]);
  const bound = (places: number) => (_: number, i: number) => 20 * (1 + levels[Math.floor(i / places / 2)]!);
  expectWithin(latent, latent.map(bound(latent.length / items.length)));
  expectWithin(side, side.map(bound(side.length / items.length)));
});

function expectWithin(found: Float32Array, bounds: Float32Array): void {
  expect(found.findIndex((x, i) => !(Math.abs(x) < bounds[i]!))).toBe(-1);
}

test("contrast reaches the latent although blocks are normed", async () => {
  const shape = [1, 3, 64, 64];
  const data = pictures(shape);
  const full = await encodePictures(small, starting(small), data, shape);
  const faint = data.map((x) => x * 0.1);
  const pale = await encodePictures(small, starting(small), faint, shape);
  expect(distance(full.latent, pale.latent)).toBeGreaterThan(0.1);
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
  { kernel: 4 },
  { kernel: 33 },
  { kernel: 1e300 },
  { expansion: 9 },
  { latentDim: 1e6 },
  { sideDim: 0 },
  { sideDim: 5000 },
  { sideChannels: 1025 },
  { sideChannels: [3] },
  { dim: 4096, blocks: 64, expansion: 8 },
  { latentDim: 4096, sideDim: 4096 },
  { surprise: 1 },
];

test.each(hostile)("a config with %j is refused", (change) => {
  expect(codeOf(() => pictureEncoder.parse({ ...small, ...change }))).toBe("model");
});

test("a config survives JSON, and lacks no field", () => {
  expect(pictureEncoder.parse(JSON.parse(JSON.stringify(photo)))).toEqual(photo);
  for (const field of Object.keys(small)) {
    const { [field]: _, ...rest } = small as Record<string, unknown>;
    expect(
      codeOf(() => pictureEncoder.parse(rest)),
      field,
    ).toBe("model");
  }
});

test("a picture that is not whole cells of three channels is refused", () => {
  for (const shape of [
    [1, 3, 64, 80],
    [1, 3, 16, 64],
    [1, 1, 64, 64],
    [1, 4, 64, 64],
    [3, 64, 64],
    [1, 64, 64, 3],
  ]) {
    const x = input("x", "float32", shape);
    expect(codeOf(() => pictureEncoder.forward(small, starting(small), x))).toBe("shape");
  }
});

test("picture encoders are found by name and version, and sound's are not among them", () => {
  for (const network of pictureEncoders) {
    expect(pictureEncoderByName(network.name, network.version)).toBe(network);
  }
  expect(pictureEncoderByName("picture-encoder")).toBe(pictureEncoder);
  expect(codeOf(() => pictureEncoderByName("spectral-encoder"))).toBe("model");
  expect(codeOf(() => pictureEncoderByName("picture-encoder", 99))).toBe("version");
});

test("one config gives one graph, byte for byte", () => {
  const bytes = () => {
    const picture = input("picture", "float32", [1, 3, 64, 64]);
    const { latent, side } = pictureEncoder.forward(small, starting(small), picture);
    return onnxModel({ inputs: [picture], outputs: { latent, side } });
  };
  expect(bytes()).toEqual(bytes());
});

// NACRE_GOLDEN=write stores the vector anew; do so only beside a new version of the architecture.
// Every value is at random, so that each part of the network shows in the vector.
test("version 1 computes the stored golden vector", async () => {
  const path = new URL("../test/golden/picture-encoder-1.json", import.meta.url);
  const shape = [1, 3, 64, 128];
  const parameters = starting(small, { kind: "uniform", bound: 0.3 });
  const found = await encodePictures(small, parameters, pictures(shape, 5), shape);
  if (process.env.NACRE_GOLDEN === "write") {
    const stored = (values: Float32Array) => [...values].map((x) => Number(x.toPrecision(8)));
    const golden = { config: small, seed: 1, latent: stored(found.latent), side: stored(found.side) };
    writeFileSync(path, `${JSON.stringify(golden)}\n`);
  }
  const golden = JSON.parse(readFileSync(path, "utf8"));
  expect(golden.config).toEqual(small);
  expect(distance(found.latent, golden.latent)).toBeLessThan(1e-4);
  expect(distance(found.side, golden.side)).toBeLessThan(1e-4);
  expect(Math.max(...golden.latent.map(Math.abs), ...golden.side.map(Math.abs))).toBeGreaterThan(0.02);
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
