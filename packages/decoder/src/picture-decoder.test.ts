import { readFileSync, writeFileSync } from "node:fs";
import { cosinePatches, initialValues } from "@nacre/blocks";
import { constant, onnxModel } from "@nacre/graph";
import { expect, test } from "vitest";
import { countMultiplyAdds, gradientNorms } from "../test/measure.js";
import {
  decodePictures,
  decoderGraph,
  type Given,
  oneHot,
  photo,
  shapesOf,
  small,
  starting,
} from "../test/picture.js";
import { distance, noise } from "../test/run.js";
import { type PictureDecoderConfig, pictureDecoder } from "./index.js";

/** A latent of noise and side values from -9 to 9. */
function given(
  { latentDim, sideChannels }: PictureDecoderConfig,
  size: { batch: number; height: number; width: number },
  depths: readonly number[] = new Array(size.batch).fill(2),
): Given {
  const positions = size.batch * size.height * size.width;
  const side = noise((positions / 16) * sideChannels, 7).map((x) => Math.round(9 * x));
  return { ...size, latent: noise(positions * latentDim), side, depths };
}

/** Patches of 16 x 16 pixels with a changed bit, counted line by line over [1, 3, 16 * height, 16 * width]. */
function changedPatches(base: Float32Array, found: Float32Array, { height, width }: Given): number[] {
  const patches = new Set<number>();
  base.forEach((x, i) => {
    if (Object.is(x, found[i])) return;
    const [line, column] = [Math.floor(i / (16 * width)) % (16 * height), i % (16 * width)];
    patches.add(Math.floor(line / 16) * width + Math.floor(column / 16));
  });
  return [...patches].toSorted((a, b) => a - b);
}

/** Positions from `from` to `to`, both included, on both axes. */
function square(from: [number, number], to: [number, number], width: number): number[] {
  const positions: number[] = [];
  for (let y = from[0]; y <= to[0]; y += 1) {
    for (let x = from[1]; x <= to[1]; x += 1) positions.push(y * width + x);
  }
  return positions;
}

test("latent, side values and depth become pictures, and batch entries do not touch", async () => {
  const own = given(small, { batch: 2, height: 4, width: 8 }, [0, 3]);
  expect(decoderGraph(small, starting(small), own).picture.shape).toEqual([2, 3, 64, 128]);
  const parameters = starting(small, { kind: "uniform", bound: 0.3 });
  const both = await decodePictures(small, parameters, own);
  const second = await decodePictures(small, parameters, {
    ...own,
    batch: 1,
    latent: own.latent.slice(own.latent.length / 2),
    side: own.side.slice(own.side.length / 2),
    depths: [3],
  });
  expect(distance(both.slice(both.length / 2), second)).toBeLessThan(1e-6);
});

const shapes: Partial<PictureDecoderConfig>[] = [
  {},
  { kernel: 5, blocks: 1 },
  { kernel: 1, fineKernel: 1 },
  { kernel: 1, fineKernel: 5, fineBlocks: 3 },
  { fineBlocks: 1 },
];

test.each(shapes)(
  "with %j a changed position or cell changes exactly the patches that describe names",
  async (change) => {
    const config = pictureDecoder.parse({ ...small, ...change });
    const { receptiveField, cell } = pictureDecoder.describe(config);
    const { past, future } = receptiveField;
    const size = { batch: 1, height: 12, width: 16 };
    const own = given(config, size);
    const parameters = starting(config);
    const base = await decodePictures(config, parameters, own);

    const [line, column] = [6, 9];
    const latent = own.latent.slice();
    latent[(line * size.width + column) * config.latentDim + 1]! += 2;
    const byLatent = await decodePictures(config, parameters, { ...own, latent });
    expect(changedPatches(base, byLatent, own)).toEqual(
      square([line - future, column - future], [line + past, column + past], size.width),
    );

    const side = own.side.slice();
    side[(1 * (size.width / cell) + 2) * config.sideChannels]! += 5;
    const bySide = await decodePictures(config, parameters, { ...own, side });
    expect(changedPatches(base, bySide, own)).toEqual(
      square([cell - future, 2 * cell - future], [2 * cell - 1 + past, 3 * cell - 1 + past], size.width),
    );
  },
);

test("the photo config has the reach, cost and size worked out by hand", () => {
  const block = 25 * 192 + 2 * 192 * 576;
  const fineBlock = 9 * 32 + 2 * 32 * 96;
  const fine = 2 * fineBlock + 32 * 48;
  expect(pictureDecoder.describe(photo)).toEqual({
    receptiveField: { past: 9, future: 9 },
    multiplyAddsPerPixel: (32 * 192 + 192 * 192 + 4 * block + 192 * 512 + 16 * fine) / 256,
    parameterCount:
      2 * 7 * 192 +
      33 * 3072 +
      193 * 192 +
      4 * (192 * 26 + 2 * 192 + 193 * 576 + 577 * 192 + 192) +
      193 * 512 +
      2 * (32 * 10 + 2 * 32 + 33 * 96 + 97 * 32 + 32) +
      33 * 48,
    patch: 16,
    cell: 4,
    latentDim: 192,
    sideChannels: 32,
    layers: 6,
  });
});

test("the photo config stays within a receiver's budget of 6000 multiply-adds per pixel", () => {
  expect(pictureDecoder.describe(photo).multiplyAddsPerPixel).toBeLessThan(6000);
});

test.each([small, photo])("multiply-adds and parameters of a config count up in its graph", (config) => {
  const { picture } = decoderGraph(config, starting(config), { batch: 1, height: 8, width: 4 });
  const { multiplyAddsPerPixel, parameterCount } = pictureDecoder.describe(config);
  const chosenOncePerPicture = 2 * (config.layers + 1) * config.latentDim;
  expect((countMultiplyAdds(picture) - chosenOncePerPicture) / (128 * 64)).toBe(multiplyAddsPerPixel);
  const values = Object.values(initialValues(pictureDecoder.parameters(config), 1));
  expect(values.reduce((count, { length }) => count + length, 0)).toBe(parameterCount);
});

test("training from scratch starts finite, and every parameter takes part", async () => {
  const specs = pictureDecoder.parameters(small);
  const depths = [0, 1, 2, 3, 4];
  const own = given(small, { batch: depths.length, height: 4, width: 8 }, depths);
  const at = shapesOf(small, own);
  const norms = await gradientNorms(
    initialValues(specs, 1),
    Object.fromEntries(specs.map(({ name, shape }) => [name, shape])),
    { shape: at.latent, data: own.latent },
    (parameters, latent) =>
      pictureDecoder.forward(small, parameters, {
        latent,
        side: constant(own.side, at.side),
        depth: constant(oneHot(small, depths), at.depth),
      }),
  );
  for (const [name, norm] of Object.entries(norms)) {
    expect(Number.isFinite(norm) && norm > 1e-12, `${name}: ${norm}`).toBe(true);
  }
});

test("all parameters are the decoder's by name, each name once", () => {
  const names = pictureDecoder.parameters(photo).map(({ name }) => name);
  expect(names.every((name) => name.startsWith("decoder."))).toBe(true);
  expect(new Set(names).size).toBe(names.length);
});

test("depth chooses its own gain and bias, and at the start all depths are one", async () => {
  const depths = [0, 1, 2, 3, 4];
  const one = given(small, { batch: 1, height: 4, width: 4 });
  const repeated = (data: Float32Array) => Float32Array.from(depths.flatMap(() => [...data]));
  const own = { ...one, batch: 5, latent: repeated(one.latent), side: repeated(one.side), depths };
  const parts = (pictures: Float32Array) =>
    depths.map((_, i) => pictures.slice((i * pictures.length) / 5, ((i + 1) * pictures.length) / 5));
  const same = parts(await decodePictures(small, starting(small), own));
  for (const part of same) expect(distance(part, same[0]!)).toBeLessThan(1e-6);

  for (const name of ["decoder.depth.gain", "decoder.depth.bias"]) {
    const moved = new Float32Array(5 * 6).fill(name.endsWith("gain") ? 1 : 0);
    for (let c = 0; c < 6; c += 1) moved[3 * 6 + c]! += 0.5;
    const parameters = { ...starting(small), [name]: constant(moved, [5, 6]) };
    const found = parts(await decodePictures(small, parameters, own));
    const moves = found.map((part, depth) => distance(part, same[depth]!) > 1e-4);
    expect(moves, name).toEqual([false, false, false, true, false]);
  }
});

test("an untrained network is the inverse cosine transform, as far as its quarters hold it", async () => {
  // The first functions have no detail that a quarter's 32 coefficients cannot hold.
  const functions = [0, 1, 2, 5];
  const size = { batch: functions.length, height: 4, width: 4 };
  const own = given(photo, size);
  const latent = new Float32Array(own.latent.length);
  for (const [item, order] of functions.entries()) latent[item * 16 * 192 + order] = 8;
  const still = { ...own, latent, side: new Float32Array(own.side.length) };
  const pictures = await decodePictures(photo, starting(photo), still);
  const rows = cosinePatches(16, 6);
  for (const [item, order] of functions.entries()) {
    const expected = rows[order]!.map((x) => 8 * x);
    const found = expected.map((_, at) => {
      const [channel, line, column] = [Math.floor(at / 256), Math.floor(at / 16) % 16, at % 16];
      return pictures[((item * 3 + channel) * 64 + line) * 64 + column]!;
    });
    expect(distance(Float32Array.from(found), expected)).toBeLessThan(0.1);
  }
});

test("nothing, noise and codes at their limits give finite pictures in proportion", async () => {
  const levels = [0, 1e-12, 1, 1e4];
  const own = given(photo, { batch: levels.length, height: 4, width: 4 });
  const [latentSize, sideSize] = [own.latent.length / levels.length, own.side.length / levels.length];
  const latent = own.latent.map((x, i) => x * levels[Math.floor(i / latentSize)]!);
  const side = own.side.map((x, i) => (levels[Math.floor(i / sideSize)]! > 1 ? 127 * Math.sign(x) : x));
  const pictures = await decodePictures(photo, starting(photo), { ...own, latent, side });
  const bounds = pictures.map((_, i) => 2 * (1 + levels[Math.floor((i / pictures.length) * levels.length)]!));
  expect(pictures.findIndex((x, i) => !(Math.abs(x) < bounds[i]!))).toBe(-1);
});

test("one config gives one graph, byte for byte", () => {
  const bytes = () => {
    const { inputs, picture } = decoderGraph(small, starting(small), { batch: 1, height: 4, width: 4 });
    return onnxModel({ inputs, outputs: { picture } });
  };
  expect(bytes()).toEqual(bytes());
});

// NACRE_GOLDEN=write stores the vector anew; do so only beside a new version of the architecture.
// Every value is at random, so that each part of the network shows in the vector.
test("version 1 computes the stored golden vector", async () => {
  const path = new URL("../test/golden/picture-decoder-1.json", import.meta.url);
  const parameters = starting(small, { kind: "uniform", bound: 0.3 });
  const pictures = await decodePictures(small, parameters, given(small, { batch: 1, height: 4, width: 4 }));
  // A few pixels out of every patch, line and column tell as much as all of them.
  const found = pictures.filter((_, i) => i % 17 === 0);
  if (process.env.NACRE_GOLDEN === "write") {
    const output = [...found].map((x) => Number(x.toPrecision(8)));
    writeFileSync(path, `${JSON.stringify({ config: small, seed: 1, output })}\n`);
  }
  const golden = JSON.parse(readFileSync(path, "utf8"));
  expect(golden.config).toEqual(small);
  expect(distance(found, golden.output)).toBeLessThan(1e-4);
  expect(Math.max(...golden.output.map(Math.abs))).toBeGreaterThan(0.02);
});
