import { readStream, trimLayers } from "@nacre/bitstream";
import type { Picture, TiledPicture } from "@nacre/signal";
import { afterAll, expect, test } from "vitest";
import { codeOf, inPieces, seededRandom } from "../../test/tiny.js";
import {
  cell,
  collect,
  decodeWhole,
  encodePicture,
  inTiles,
  openTinyPicture,
  psnr,
  samePicture,
  scene,
  tile,
} from "../../test/tiny-picture.js";
import { pictureFileCodes } from "../index.js";
import { asTiled } from "./readable-picture.js";

const codec = await openTinyPicture();
afterAll(() => codec.close());

const random = seededRandom(11);

test.each([
  [1, 1],
  [1, 200],
  [63, 65],
  [cell, cell],
  [tile, tile],
  [tile + 1, tile - 1],
  [3 * tile + 5, 70],
])("a picture of %i x %i pixels comes back with its size", async (width, height) => {
  const picture = scene(width, height, width);
  const file = await encodePicture(codec, picture);
  const seen = await decodeWhole(codec, file);
  expect([seen.width, seen.height]).toEqual([width, height]);
  expect(psnr(picture, seen)).toBeGreaterThan(15);
});

test("grey, 16 bits, alpha and what belongs to a picture come back as they were given", async () => {
  const { planes, ...facts } = scene(150, 140, 2);
  const deep = (plane: Picture["planes"][0]) => Uint16Array.from(plane, (value) => value * 257);
  const alpha = Uint16Array.from({ length: 150 * 140 }, (_, at) => (at % 150 < 60 ? 65_535 : 3 * at));
  const belongings = {
    iccProfile: Uint8Array.of(1, 2, 3),
    exif: Uint8Array.of(0x4d, 0x4d, 0, 42),
    xmp: new Uint8Array(0),
    density: 299.5,
  };
  const picture: Picture = {
    ...{ ...facts, ...belongings, colour: "grey", bitDepth: 16 },
    ...{ planes: [deep(planes[1]!)], alpha },
  };
  const file = await encodePicture(codec, picture);
  const { planes: seen, ...rest } = await decodeWhole(codec, file);
  const { planes: given, ...expected } = picture;
  expect(rest).toEqual(expected);
  expect(seen[0]).toBeInstanceOf(Uint16Array);
  expect(psnr(picture, { ...picture, planes: seen })).toBeGreaterThan(20);
  expect(given[0]!.length).toBe(seen[0]!.length);
  expect((await decodeWhole(codec, trimLayers(file, 1))).alpha).toEqual(alpha);
});

test("opaque alpha costs a few bytes a tile", async () => {
  const picture = scene(2 * tile, tile, 5);
  const opaque = { ...picture, alpha: new Uint8Array(2 * tile * tile).fill(255) };
  const more = (await encodePicture(codec, opaque)).length - (await encodePicture(codec, picture)).length;
  // Two bytes of plane, a length and a check for each tile, and the layer in the header.
  expect(more).toBeLessThanOrEqual(2 * 4 + 4);
});

test("a picture read tile by tile gives the file of the one in memory", async () => {
  const picture = { ...scene(300, 150, 6), alpha: Uint8Array.from({ length: 45_000 }, () => 256 * random()) };
  const tiled = asTiled(picture);
  const reads: [number, number][] = [];
  const watched: TiledPicture = {
    ...tiled,
    readTile(x, y, width, height) {
      reads.push([width, height]);
      return tiled.readTile(x, y, width, height);
    },
  };
  expect(await encodePicture(codec, watched)).toEqual(await encodePicture(codec, picture));
  // Memory is bounded by the window: a tile and a margin of 64 pixels on both sides.
  for (const [width, height] of reads) {
    expect(width).toBeLessThanOrEqual(tile + 128);
    expect(height).toBeLessThanOrEqual(150);
  }
  expect(reads.length).toBe(6);
});

test.each([
  [1, 1],
  [50, 37],
  [300, 5],
  [128, 128],
])("a picture that comes in tiles of %i x %i gives the file of the one in memory", async (wide, high) => {
  const small = wide * high === 1;
  const [width, height] = small ? [20, 10] : [300, 150];
  const alpha = Uint8Array.from({ length: width * height }, () => 256 * random());
  const picture = { ...scene(width, height, 6), alpha };
  expect(await encodePicture(codec, inTiles(picture, wide, high))).toEqual(
    await encodePicture(codec, picture),
  );
});

test("tiles that leave gaps, overlap or are of another picture are refused", async () => {
  const picture = scene(300, 150, 6);
  const stream = inTiles(picture, 128, 64);
  const bad = [
    inTiles(scene(300, 149, 6), 128, 64),
    inTiles(scene(310, 150, 6), 128, 64),
    inTiles({ ...picture, alpha: picture.planes[0]! }, 128, 64),
  ];
  for (const { tiles } of bad) {
    expect(await codeOf(() => encodePicture(codec, { ...stream, tiles }))).toBe("shape");
  }
  expect((await encodePicture(codec, stream)).length).toBeGreaterThan(100);
});

test("fewer layers, trimmed or encoded, are the same bytes and look like that prefix", async () => {
  const picture = scene(200, 150, 7);
  const file = await encodePicture(codec, picture, { layers: 3 });
  for (const layers of [1, 2, 3]) {
    const fewer = await encodePicture(codec, picture, { layers });
    expect(trimLayers(file, layers)).toEqual(fewer);
    const [one, other] = [await decodeWhole(codec, fewer), await decodeWhole(codec, file, { layers })];
    expect(samePicture(one, other)).toBe(true);
  }
  expect(await codeOf(() => decodeWhole(codec, file, { layers: 4 }))).toBe("option");
  expect(await codeOf(() => encodePicture(codec, picture, { layers: 0 }))).toBe("option");
});

test("codes of a picture are those of its file, and make its pixels", async () => {
  const picture = scene(280, 130, 8);
  const codes = await codec.codes(picture);
  expect(codes.map(({ role, grid, stride }) => ({ role, grid, stride }))).toEqual([
    { role: "side", grid: [3, 5, 3], stride: [4, 4, 1] },
    ...[1, 2, 3].map(() => ({ role: "content", grid: [12, 20, 8], stride: [1, 1, 1] })),
  ]);
  const file = await encodePicture(codec, picture, { layers: 3 });
  expect(pictureFileCodes(codec.model, file)).toEqual(codes);
  for (const layers of [1, 3]) {
    const made = await codec.synthesize(codes.slice(0, layers + 1), { width: 280, height: 130 });
    expect(samePicture(made, await decodeWhole(codec, file, { layers }))).toBe(true);
  }
  const whole = await codec.synthesize(codes);
  expect([whole.width, whole.height]).toEqual([320, 192]);
  const wrong = codes.map((layer) => ({ ...layer, data: layer.data.slice() }));
  wrong[2]!.data[5] = 41;
  for (const bad of [wrong, codes.slice(0, 1), [], codes.slice(1), [...codes, codes[1]!]]) {
    expect(await codeOf(() => codec.synthesize(bad))).toBe("shape");
  }
  expect(await codeOf(() => codec.synthesize(codes, { width: 280, height: 300 }))).toBe("shape");
});

test("the latent is what the first layers approach", async () => {
  const picture = scene(200, 70, 9);
  const latent = await codec.latent(picture);
  const codes = (await codec.codes(picture)).slice(1).map(({ data }) => data);
  const near = codec.model.quantizer.dequantize(codes);
  expect(latent.length).toBe(near.length);
  // Half a step of the last layer, its dead zone, and rounding.
  for (const [at, value] of latent.entries()) expect(Math.abs(value - near[at]!)).toBeLessThan(0.16);
});

test("pieces of any size decode to the same picture, and progress is told by tiles", async () => {
  const picture = scene(260, 140, 10);
  const file = await encodePicture(codec, picture);
  const whole = await decodeWhole(codec, file);
  expect(samePicture(await decodeWhole(codec, file, { sizes: [1, 7, 300] }), whole)).toBe(true);
  const told: number[][] = [];
  const stream = await codec.decode(inPieces(file), { onProgress: (...news) => told.push(news) });
  expect(samePicture(await collect(stream), whole)).toBe(true);
  expect(await stream.end()).toEqual({ damage: [] });
  expect(told).toEqual([1, 2, 3, 4, 5, 6].map((done) => [done, 6]));
});

test("planes that are not those of the picture are refused, and so are too large pictures", async () => {
  const picture = scene(70, 30, 1);
  const bad: Picture[] = [
    { ...picture, width: 71 },
    { ...picture, colour: "grey" },
    { ...picture, bitDepth: 16 },
    { ...picture, alpha: new Uint8Array(3) },
  ];
  for (const each of bad) expect(await codeOf(() => encodePicture(codec, each))).toBe("shape");
  const file = await encodePicture(codec, picture);
  expect(await codeOf(() => decodeWhole(codec, file, { maxPixels: 2099 }))).toBe("bitstream");
  expect((await decodeWhole(codec, file, { maxPixels: 2100 })).width).toBe(70);
  expect(readStream(file).header.media).toBe("image");
});
