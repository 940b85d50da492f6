import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import {
  isNacreError,
  listModels,
  modelFolder,
  open,
  openFor,
  openPictures,
  type Picture,
  readStream,
  trimLayers,
} from "./index.js";

const path = (name: string) => fileURLToPath(new URL(`../../codec/test/${name}`, import.meta.url));
const tiny = path("tiny-picture-model");
const pictures = await openPictures(tiny, { threads: 1 });
afterAll(() => pictures.close());

const plane = (shift: number) =>
  Uint8Array.from({ length: 200 * 150 }, (_, at) => 128 + 60 * Math.sin((at % 200) / 11 + shift));
const picture: Picture = {
  ...{ width: 200, height: 150, colour: "rgb", bitDepth: 8 },
  planes: [0, 1, 2].map(plane),
  alpha: plane(3),
  exif: Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  density: 300,
};

async function refusal(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (isNacreError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "accepted";
}

test("a picture comes back with its form, its alpha to the last bit and what is kept beside it", async () => {
  const file = await pictures.encode(picture);
  const back = await pictures.decode(file);
  const { planes, ...rest } = picture;
  expect(back).toMatchObject(rest);
  expect(back.planes.map(({ length }) => length)).toEqual(planes.map(({ length }) => length));
  const bare = await pictures.decode(await pictures.encode(picture, { strip: true }));
  expect([bare.exif, bare.density]).toEqual([undefined, 300]);
});

test("codes are those of the file, and fewer layers are a prefix of it", async () => {
  const plain = { layers: 3, guard: false };
  const file = await pictures.encode(picture, plain);
  expect(await pictures.codes(file)).toEqual(await pictures.codes(picture));
  expect(await pictures.encode(picture, { ...plain, layers: 1 })).toEqual(trimLayers(file, 1));
});

test("work that is given up ends with cancelled, whole and in pieces", async () => {
  const stop = new AbortController();
  const file = await pictures.encode(picture);
  const stream = await pictures.decodeStream(pieces(file), { signal: stop.signal });
  const tiled = {
    ...picture,
    hasAlpha: true,
    readTile: () => Promise.reject(new Error("read though aborted")),
  };
  stop.abort();
  const drain = async () => {
    for await (const _ of stream.tiles);
  };
  expect(await refusal(drain)).toMatch(/^cancelled: /);
  expect(await refusal(() => pictures.encode(tiled, { signal: stop.signal }))).toMatch(/^cancelled: /);
  expect(await refusal(() => pictures.encode(picture, { signal: stop.signal }))).toMatch(/^cancelled: /);
});

test("options that exclude each other are refused", async () => {
  const two = () => pictures.encode(picture, { layers: 1, quality: 50 });
  expect(await refusal(two)).toMatch(/^option: layers and quality, expected one of/);
});

test("a model of the other medium is refused with the program that takes it", async () => {
  expect(await refusal(() => open(tiny))).toMatch(
    /^model: tiny-picture@1 is a model of pictures.*nacre-image/,
  );
  expect(await refusal(() => openPictures(path("tiny-model")))).toMatch(
    /^model: tiny@1.*sounds.*nacre-audio/,
  );
});

test("a file opens the model that it names, of either medium, or says which is missing", async () => {
  const [sound, shown] = ["speech", "scene"].map((name) => readFileSync(path(`golden/${name}.nacre`)));
  for (const file of [sound!, shown!]) {
    const { model } = readStream(file).header;
    expect(await refusal(() => openFor(file))).toMatch(new RegExp(`^model: no model "${model}"`));
  }
});

test("models of both media are told with what there is to know of each", async () => {
  expect(pictures.model).toMatchObject({
    ...{ medium: "image", id: "tiny-picture@1", layers: 3, patch: 16, tile: 128 },
    ...{ channels: 8, sideChannels: 3, levels: 41, folder: tiny },
  });
  const all = await listModels();
  expect(all.find(({ name }) => name === "speech-24k")).toMatchObject({
    medium: "audio",
    sampleRate: 24_000,
  });
  for (const { medium } of all) expect(["audio", "image"]).toContain(medium);
  expect(() => modelFolder("none", "image")).not.toThrow(/speech-24k/);
});

async function* pieces(file: Uint8Array) {
  yield file.subarray(0, 40);
  yield file.subarray(40);
}
