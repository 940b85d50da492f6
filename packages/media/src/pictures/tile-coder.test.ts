import type { Picture } from "@nacre/signal";
import { expect, test } from "vitest";
import { tileCoder } from "./index.js";
import { loadSharp } from "./sharp-library.js";

const coder = tileCoder();
const [width, height] = [96, 70];
const length = width * height;

function picture(value: (at: number, plane: number) => number, change: Partial<Picture> = {}): Picture {
  const form = { width, height, colour: "rgb", bitDepth: 8, ...change } as const;
  const planes = Array.from({ length: form.colour === "grey" ? 1 : 3 }, (_, plane) => {
    const samples = Array.from({ length }, (_, at) => value(at, plane));
    return form.bitDepth === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples);
  });
  return { ...form, planes };
}

const waves = (at: number, plane: number) =>
  128 + 90 * Math.sin(0.09 * (at % width) + plane) * Math.cos(0.13 * Math.floor(at / width));
const letters = (at: number) => ((at * 7919) % 13 < 3 ? 20 : 235);
const error = (a: Picture, b: Picture) =>
  Array.from(a.planes[0]!).reduce((sum, value, at) => sum + (value - b.planes[0]![at]!) ** 2, 0) / length;

async function codings(tile: Picture, most: number) {
  return new Map((await coder.encode(tile, most)).map(({ kind, bytes }) => [kind, bytes]));
}

test("lossless is exact for RGB and grey of 8 and 16 bits", async () => {
  const tiles = [
    picture(letters),
    picture(letters, { colour: "grey" }),
    picture((at) => 257 * letters(at) + (at % 3), { bitDepth: 16 }),
    picture((at) => 257 * letters(at) + (at % 3), { bitDepth: 16, colour: "grey" }),
  ];
  for (const tile of tiles) {
    const bytes = (await codings(tile, 100)).get("lossless")!;
    const seen = await coder.decode("lossless", bytes, width, height);
    expect(seen.bitDepth).toBe(tile.bitDepth);
    for (const [at, plane] of seen.planes.entries()) expect(plane).toEqual(tile.planes[at] ?? tile.planes[0]);
  }
});

test("lossy fits in its bytes, and no higher quality would", async () => {
  const tile = picture(waves);
  const found: number[] = [];
  const sharp = await loadSharp();
  const samples = Uint8Array.from({ length: 3 * length }, (_, at) => waves(Math.floor(at / 3), at % 3));
  const raw = { raw: { width, height, channels: 3 } } as const;
  for (const most of [600, 1000, 4000]) {
    const bytes = (await codings(tile, most)).get("lossy")!;
    expect(bytes.length).toBeLessThanOrEqual(most);
    found.push(error(tile, await coder.decode("lossy", bytes, width, height)));
    for (let quality = 100; quality > 0; quality--) {
      const made = await sharp(samples, raw).webp({ quality, effort: 4 }).toBuffer();
      if (made.length > most) continue;
      expect(bytes.length).toBeGreaterThanOrEqual(0.97 * made.length);
      break;
    }
  }
  expect(found).toEqual([...found].sort((a, b) => b - a));
  expect(found.at(-1)).toBeLessThan(3);
});

test("what cannot fit is left out", async () => {
  const noise = picture((at, plane) => Math.imul(at + 1, 2_654_435_761 + 77 * plane) >>> 13);
  expect([...(await codings(noise, 40)).keys()]).toEqual([]);
  const wide = { ...picture(() => 1), width: 16_384, height: 1 };
  expect(await coder.encode(wide, 1000)).toEqual([]);
});

test("a tile of another size, an animation, another format or broken bytes are refused in words", async () => {
  const sharp = await loadSharp();
  const bytes = (await codings(picture(letters), 4000)).get("lossless")!;
  const blank = (wide: number, high: number) =>
    sharp({ create: { width: wide, height: high, channels: 3, background: "white" } });
  const huge = await blank(6000, 6000).webp({ effort: 0 }).toBuffer();
  const frame = (r: number) =>
    sharp({ create: { width, height, channels: 3, background: { r, g: 9, b: 9 } } })
      .png()
      .toBuffer();
  const frames = await Promise.all([0, 100, 200].map(frame));
  const moving = await sharp(frames, { join: { animated: true } })
    .webp()
    .toBuffer();
  const bad = [
    huge,
    moving,
    await blank(width, height).jpeg().toBuffer(),
    await blank(width, height).gif().toBuffer(),
    await blank(width + 1, height)
      .webp()
      .toBuffer(),
    bytes.slice(0, -20),
    new Uint8Array(0),
    Uint8Array.of(1, 2, 3),
  ];
  const before = process.memoryUsage().rss;
  for (const each of bad) {
    for (const kind of ["lossy", "lossless"] as const) {
      await expect(coder.decode(kind, each, width, height)).rejects.toMatchObject({ code: "bitstream" });
    }
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  const png = await blank(width, height).png().toBuffer();
  await expect(coder.decode("lossy", png, width, height)).rejects.toMatchObject({ code: "bitstream" });
});
