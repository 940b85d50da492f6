import { readStream, trimLayers } from "@nacre/bitstream";
import { createRuntime } from "@nacre/runtime/node";
import { afterAll, expect, test } from "vitest";
import { finiteScalarConfig, finiteScalarModel, finiteScalars } from "../test/finite-scalars.js";
import { chunk, codeOf, decodeAll, encodeAll, hum, sameSound, tinyFolder } from "../test/tiny.js";
import { buildModel, createCodec, fileCodes, frameCount, loadModel, modelSchema } from "./index.js";
import { readModel } from "./node/index.js";

// A quantizer with several codes per frame and layer takes the same way as one with one.
const runtime = createRuntime({ worker: false });
const tiny = await readModel(tinyFolder);
const codec = await createCodec(finiteScalarModel(tiny), runtime, { threads: 1 });
afterAll(() => codec.close());
const sound = hum(2 * chunk + 345);
const file = await encodeAll(codec, [sound, hum(sound.length, 2)]);

test("layers have a code per dimension, in a grid of frames and dimensions", async () => {
  const codes = await codec.codes(sound);
  const frames = frameCount(codec.model, sound.length);
  expect(codes.map(({ grid, alphabet }) => [grid, alphabet])).toEqual([1, 2, 3].map(() => [[frames, 8], 9]));
  const expected = finiteScalars.quantize(await codec.latent(sound)).codes;
  for (const [layer, { data }] of codes.entries()) {
    const differ = data.filter((code, at) => code !== expected[layer]![at]).length;
    expect(differ / data.length).toBeLessThan(0.002);
  }
});

test("codes come out of a file as they went in", async () => {
  expect(fileCodes(codec.model, file).map(([first]) => first)).toEqual(await codec.codes(sound));
});

test.each([1, 2, 3])("the first %i layers decode alone, in a file trimmed to them", async (layers) => {
  const trimmed = trimLayers(file, layers);
  expect(trimmed).toEqual(await encodeAll(codec, [sound, hum(sound.length, 2)], { layers }));
  const { channels } = await decodeAll(codec, trimmed);
  expect(sameSound(channels, (await decodeAll(codec, file, { layers })).channels)).toBe(true);
  const codes = (await codec.codes(sound)).slice(0, layers).map(({ data }) => data);
  expect(sameSound([await codec.synthesize(codes, sound.length)], channels.slice(0, 1))).toBe(true);
});

test("a damaged upper layer leaves those below, and a lost chunk is silent", async () => {
  const { chunks } = readStream(file);
  const at = file.length - 12 - chunks.at(-1)!.sections[2]![1]!.length;
  const damaged = file.slice();
  damaged[at]! ^= 0xff;
  const { channels } = await decodeAll(codec, damaged, { recover: true });
  expect(channels.map((samples) => samples.length)).toEqual([sound.length, sound.length]);
  expect(channels.every((samples) => samples.every(Number.isFinite))).toBe(true);
});

test("as arrays: layers add up to their points, and come ever nearer to the bounded latent", async () => {
  const { quantizer } = codec.model;
  const target = quantizer.target(await codec.latent(sound));
  const codes = (await codec.codes(sound)).map(({ data }) => data);
  const left = [1, 2, 3].map((layers) => {
    const sum = quantizer.dequantize(codes.slice(0, layers));
    return sum.reduce((total, value, at) => total + (value - target[at]!) ** 2, 0);
  });
  expect(left[1]).toBeLessThan(left[0]! / 4);
  expect(left[2]).toBeLessThan(left[1]! / 4);
});

test("a model is built of it, with no tensor of the quantizer's own, and is loaded", async () => {
  const { encoder, decoder } = tiny.config;
  const label = { name: "scalars", version: 1, description: "", licence: "none", provenance: {} };
  const quantizer = modelSchema.shape.quantizer.parse(finiteScalarConfig);
  const { parameters } = tiny;
  const trained = { ...label, framesPerChunk: 75, encoder, decoder, quantizer, parameters };
  const built = await buildModel(trained, [hum(20_000)], runtime);
  const model = await loadModel(built);
  expect(model.tables.map(({ frequencies }) => frequencies.length)).toEqual(
    [1, 2, 3].flatMap(() => finiteScalarConfig.levels),
  );
  expect(Object.keys(model.parameters)).not.toContain("quantizer.codebooks");
  // Another meaning of codes is another decoder.
  for (const change of [{ variant: "symmetric" }, { convention: "levels-minus-one" }, { version: 2 }]) {
    const config = { ...built.config, quantizer: { ...quantizer, ...change } };
    expect(await codeOf(() => loadModel({ ...built, config }))).toBe("model");
  }
});

test.each([
  { levels: [] },
  { levels: [1, 2] },
  { levels: [257] },
  { levels: Array(65).fill(2) },
  { layers: 0 },
  { layers: 65 },
  { layers: 9, levels: [6] },
  { variant: "odd" },
])("a config with %o is refused", (change) => {
  const parse = (config: unknown) => modelSchema.shape.quantizer.safeParse(config).success;
  expect(parse(finiteScalarConfig)).toBe(true);
  expect(parse({ ...finiteScalarConfig, ...change })).toBe(false);
});
