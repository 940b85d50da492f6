import { afterAll, expect, test, vi } from "vitest";
import { codeOf } from "../../test/tiny.js";
import {
  decodeWhole,
  encodePicture,
  inTiles,
  openOrderedPicture,
  psnr,
  scene,
} from "../../test/tiny-picture.js";
import type { EncodePictureOptions } from "../index.js";
import { pictureFileCodes } from "../index.js";

const codec = await openOrderedPicture();
afterAll(() => codec.close());
// Each lands after some trials, every one a whole encoding: a second on a free machine, more on a busy one.
vi.setConfig({ testTimeout: 30_000 });

const picture = scene(300, 250, 21);
const pixels = 300 * 250;
const grey = { ...scene(140, 90, 22), colour: "grey" as const };
grey.planes = [grey.planes[1]!];
const bppOf = (file: Uint8Array) => (8 * file.length) / pixels;
const sizes = new Map<number, number>();
for (let quality = 0; quality <= 100; quality += 4) {
  sizes.set(quality, (await encodePicture(codec, picture, { quality })).length);
}

test("bytes grow with quality, by less than three quarters in steps of four", () => {
  const all = [...sizes.values()];
  for (const [at, size] of all.entries()) {
    if (at === 0) continue;
    expect(size).toBeGreaterThanOrEqual(all[at - 1]!);
    expect(size).toBeLessThan(1.75 * all[at - 1]!);
  }
  expect(all.at(-1)! / all[0]!).toBeGreaterThan(2);
});

test("where a layer begins the file is that of the layers below it and a few bytes", async () => {
  const end = await encodePicture(codec, picture, { quality: 100 / 3 });
  const begun = await encodePicture(codec, picture, { quality: 100 / 3 + 0.01 });
  const [a, b] = [end, begun].map((file) => pictureFileCodes(codec.model, file));
  expect([a!.length, b!.length]).toEqual([2, 3]);
  expect(b!.slice(0, 2)).toEqual(a);
  expect(begun.length).toBeGreaterThan(end.length);
  // Six tiles with a head, a check and two bytes of narrowing for the new layer, and what little is in it.
  expect(begun.length - end.length).toBeLessThan(0.08 * end.length);
});

test("quality is 75 when nothing is asked for", async () => {
  const file = await encodePicture(codec, picture);
  expect(file).toEqual(await encodePicture(codec, picture, { quality: 75 }));
});

test("bits per pixel land within 2 percent, everything in the file counted", async () => {
  const [least, most] = [sizes.get(0)! * 8, sizes.get(100)! * 8];
  for (const share of [0.35, 0.9]) {
    const bpp = (least * (most / least) ** share) / pixels;
    const file = await encodePicture(codec, picture, { bpp });
    expect(Math.abs(bppOf(file) / bpp - 1)).toBeLessThanOrEqual(0.02);
    expect((await decodeWhole(codec, file)).width).toBe(300);
  }
  // Alpha and attachments are paid for out of the same bits.
  const alpha = Uint8Array.from({ length: pixels }, (_, at) => (at % 300 < 150 ? 255 : at % 251));
  const dressed = { ...picture, alpha, exif: new Uint8Array(400).fill(7) };
  const bpp = bppOf(await encodePicture(codec, dressed, { quality: 60 }));
  const file = await encodePicture(codec, dressed, { bpp });
  expect(Math.abs(bppOf(file) / bpp - 1)).toBeLessThanOrEqual(0.02);
  expect((await decodeWhole(codec, file)).alpha).toEqual(alpha);
});

test("decibels are reached, and passed by a tenth at most, by a picture that comes once", async () => {
  const low = psnr(picture, await decodeWhole(codec, await encodePicture(codec, picture, { quality: 10 })));
  const high = psnr(picture, await decodeWhole(codec, await encodePicture(codec, picture, { quality: 80 })));
  for (const wanted of [low + 0.7 * (high - low)]) {
    const file = await encodePicture(codec, inTiles(picture, 300, 64), { psnr: wanted });
    const found = psnr(picture, await decodeWhole(codec, file));
    expect(found).toBeGreaterThanOrEqual(wanted);
    expect(found).toBeLessThanOrEqual(wanted + 0.1);
  }
  const base = psnr(grey, await decodeWhole(codec, await encodePicture(codec, grey, { quality: 50 })));
  const found = psnr(grey, await decodeWhole(codec, await encodePicture(codec, grey, { psnr: base })));
  expect(found).toBeGreaterThanOrEqual(base);
  expect(found).toBeLessThanOrEqual(base + 0.1);
});

test("what cannot be landed on is refused with what is nearest", async () => {
  const messageOf = async (options: EncodePictureOptions) => {
    const error: unknown = await encodePicture(codec, picture, options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "option" });
    return String(error);
  };
  const figure = (bytes: number) => String(Number(((8 * bytes) / pixels).toFixed(4)));
  expect(await messageOf({ bpp: 0.001 })).toContain(`the least is ${figure(sizes.get(0)!)} bit per pixel`);
  expect(await messageOf({ bpp: 50 })).toContain(`the most is ${figure(sizes.get(100)!)} bit per pixel`);
  const best = psnr(picture, await decodeWhole(codec, await encodePicture(codec, picture, { quality: 100 })));
  expect(await messageOf({ psnr: 90 })).toContain(`the most is ${Number(best.toFixed(2))} dB`);
  expect(await messageOf({ psnr: 1 })).toContain("the least is");
});

test.each<EncodePictureOptions>([
  { layers: 2, quality: 50 },
  { bpp: 0.5, psnr: 30 },
  { layers: 1, quality: 1, bpp: 1, psnr: 1 },
  { quality: -1 },
  { quality: 100.5 },
  { quality: Number.NaN },
  { bpp: 0 },
  { bpp: Number.NaN },
  { psnr: -3 },
  { psnr: Number.POSITIVE_INFINITY },
  { layers: 1.5 },
])("%j are refused", async (options) => {
  expect(await codeOf(() => encodePicture(codec, picture, options))).toBe("option");
});
