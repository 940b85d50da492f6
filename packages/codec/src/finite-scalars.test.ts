import { readStream, trimLayers } from "@nacre/bitstream";
import { createRuntime } from "@nacre/runtime/node";
import { afterAll, expect, test } from "vitest";
import { finiteScalarModel, finiteScalars } from "../test/finite-scalars.js";
import { chunk, decodeAll, encodeAll, hum, sameSound, tinyFolder } from "../test/tiny.js";
import { createCodec, fileCodes, frameCount } from "./index.js";
import { readModel } from "./node/index.js";

// A quantizer with several codes per frame and layer takes the same way as one with one.
const codec = await createCodec(
  finiteScalarModel(await readModel(tinyFolder)),
  createRuntime({ worker: false }),
  {
    threads: 1,
  },
);
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
