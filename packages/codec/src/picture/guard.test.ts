import { readFileSync, writeFileSync } from "node:fs";
import { createStreamWriter, pictureTiles, readStream, trimLayers } from "@nacre/bitstream";
import { tileCoder } from "@nacre/media/pictures";
import type { Picture, TileCoder } from "@nacre/signal";
import { afterAll, expect, test } from "vitest";
import { readNpy } from "../../test/npy.js";
import { codeOf, joinBytes } from "../../test/tiny.js";
import {
  decodeWhole,
  encodePicture,
  laidOver,
  odd,
  openTinyPicture,
  psnr,
  samePicture,
  scene,
  tile,
} from "../../test/tiny-picture.js";
import { pictureFileCodes, writeNpy } from "../index.js";

const guard = tileCoder();
const codec = await openTinyPicture(1, guard);
const bare = await openTinyPicture();
afterAll(() => Promise.all([codec.close(), bare.close()]));

const kindsOf = (file: Uint8Array) => pictureTiles(file).map(({ kind }) => kind);

// Three by two tiles: a line of text in the middle above, sky below it, the rest like a photograph.
const photo = scene(3 * tile, 2 * tile, 21);
const mixed = laidOver(laidOver(photo, odd("heading"), tile, 0), odd("sky"), tile, tile);
const file = await encodePicture(codec, mixed, { guard });
const whole = await decodeWhole(codec, file);

test.each(["text", "heading", "flat", "noise", "checkerboard", "sky"] as const)(
  "%s comes back no worse than a WebP of as many bytes, in no more bytes than in layers",
  async (kind) => {
    const picture = odd(kind);
    for (const layers of [1, 3]) {
      const plain = await encodePicture(codec, picture, { layers });
      const guarded = await encodePicture(codec, picture, { layers, guard });
      expect(guarded.length).toBeLessThanOrEqual(plain.length);
      const seen = psnr(picture, await decodeWhole(codec, guarded));
      const sections = readStream(plain).chunks[0]!.sections.flat();
      const most = sections.reduce((sum, { length }) => sum + length, 0);
      for (const { kind: way, bytes } of await guard.encode(picture, most)) {
        if (bytes.length > most) continue;
        const other = await guard.decode(way, bytes, tile, tile);
        // Half a decibel is what another coding has to win by.
        expect(seen).toBeGreaterThanOrEqual(Math.min(200, psnr(picture, other)) - 0.5);
      }
      expect(seen).toBeGreaterThanOrEqual(psnr(picture, await decodeWhole(codec, plain)));
    }
  },
);

test("one colour, a line of text and a checkerboard are exact", async () => {
  for (const kind of ["flat", "heading", "checkerboard"] as const) {
    const guarded = await encodePicture(codec, odd(kind), { guard });
    expect(kindsOf(guarded)).toEqual(["lossless"]);
    expect(samePicture(await decodeWhole(codec, guarded), odd(kind))).toBe(true);
  }
});

test("grey of 8 and of 16 bits comes back exactly where it is stored without loss, beside its alpha", async () => {
  const [plane] = odd("checkerboard").planes;
  const form = { ...odd("flat"), colour: "grey", planes: [plane!] } as const;
  const grey: Picture = { ...form, planes: [plane!] };
  const guarded = await encodePicture(codec, grey, { guard });
  expect(kindsOf(guarded)).toEqual(["lossless"]);
  expect(samePicture(await decodeWhole(codec, guarded), grey)).toBe(true);
  const samples = Uint16Array.from(plane!, (value, at) => value * 200 + (at % 7));
  const alpha = Uint16Array.from(samples, (_, at) => at % 999);
  const deep: Picture = { ...form, bitDepth: 16, planes: [samples], alpha };
  const { header, chunks } = readStream(await encodePicture(codec, deep));
  const { bytes } = (await guard.encode(deep, 1e5)).find(({ kind }) => kind === "lossless")!;
  const writer = createStreamWriter(header);
  const stored = { frames: 1, sections: [chunks[0]!.sections[0]!, [bytes]], stored: 2 };
  const written = joinBytes([writer.start(), writer.chunk(stored), writer.finish(1)]);
  expect(samePicture(await decodeWhole(codec, written), deep)).toBe(true);
});

test("where nothing is better the file is the one without a guard", async () => {
  const picture = scene(2 * tile, tile, 5);
  const worse: TileCoder = {
    ...guard,
    encode: async ({ width, height, planes }) => {
      const grey = planes.map((samples) => samples.slice().fill(128));
      return guard.encode({ width, height, planes: grey, colour: "rgb", bitDepth: 8 }, 1);
    },
    decode: async (_, __, width, height) => ({ ...odd("flat"), width, height }),
  };
  const plain = await encodePicture(codec, picture);
  const lossyOnly: TileCoder = {
    ...worse,
    encode: async () => [{ kind: "lossy", bytes: Uint8Array.of(1) }],
    decode: async (_, __, width, height) => ({
      ...{ width, height, colour: "rgb", bitDepth: 8 },
      planes: [0, 1, 2].map(() => new Uint8Array(width * height).fill(128)),
    }),
  };
  expect(await encodePicture(codec, picture, { guard: lossyOnly })).toEqual(plain);
  expect(await encodePicture(codec, picture, { guard: { ...worse, encode: async () => [] } })).toEqual(plain);
});

test("odd tiles of a picture are stored, each by itself, and the file gets smaller and better", async () => {
  const plain = await encodePicture(codec, mixed);
  const kinds = kindsOf(file);
  expect([kinds[1], kinds[4]]).toEqual(["lossless", "lossy"]);
  expect(file.length).toBeLessThanOrEqual(plain.length);
  expect(psnr(mixed, whole)).toBeGreaterThan(psnr(mixed, await decodeWhole(codec, plain)) + 0.5);
});

test("pixels beside a stored tile are within .3 dB of those of a picture in layers", async () => {
  const picture = scene(3 * tile, tile, 31);
  let number = 0;
  const middle: TileCoder = {
    encode: async () => (number++ === 1 ? [{ kind: "lossless", bytes: new Uint8Array(0) }] : []),
    decode: async () => ({
      ...{ width: tile, height: tile, colour: "rgb", bitDepth: 8 },
      planes: picture.planes.map((plane) =>
        Uint8Array.from(
          { length: tile * tile },
          (_, at) => plane[Math.floor(at / tile) * 3 * tile + tile + (at % tile)]!,
        ),
      ),
    }),
  };
  const own = await openTinyPicture(1, middle);
  const guarded = await encodePicture(own, picture, { guard: middle });
  expect(kindsOf(guarded)).toEqual(["network", "lossless", "network"]);
  const seen = await decodeWhole(own, guarded);
  const plain = await decodeWhole(codec, await encodePicture(codec, picture));
  const beside = (x: number) => (x >= tile - 8 && x < tile) || (x >= 2 * tile && x < 2 * tile + 8);
  expect(psnr(picture, plain, beside) - psnr(picture, seen, beside)).toBeLessThan(0.3);
  expect(psnr(picture, seen, (x) => x >= tile && x < 2 * tile)).toBe(Number.POSITIVE_INFINITY);
  await own.close();
});

test("a trimmed file keeps its stored tiles, and their codes are zeros", async () => {
  const seen = await decodeWhole(codec, trimLayers(file, 1));
  const inside = (x: number) => x >= tile && x < 2 * tile;
  expect(psnr(whole, seen, inside)).toBe(Number.POSITIVE_INFINITY);
  expect(psnr(whole, seen)).toBeLessThan(60);
  const [side, first] = pictureFileCodes(codec.model, file);
  const at = (layer: typeof side, row: number, column: number) =>
    layer!.data[(row * layer!.grid[1]! + column) * layer!.grid[2]!];
  expect([at(side, 0, 2), at(first, 0, 8)]).toEqual([127, (first!.alphabet - 1) / 2]);
});

/** The file with its second tile's chunk changed, and sound checks. */
function withSecond(change: { stored?: number; sections?: Uint8Array[][] }): Uint8Array {
  const { header, chunks } = readStream(file);
  const writer = createStreamWriter(header);
  const parts = [writer.start()];
  for (const [at, chunk] of chunks.entries())
    parts.push(writer.chunk(at === 1 ? { ...chunk, ...change } : chunk));
  return joinBytes([...parts, writer.finish(chunks.length)]);
}

test("damage in a stored tile is seen, and in recovery costs that tile and its margin alone", async () => {
  const { header, chunks } = readStream(file);
  const writer = createStreamWriter(header);
  const at = [writer.start(), writer.chunk(chunks[0]!), writer.chunk(chunks[1]!)]
    .map(({ length }) => length)
    .reduce((sum, one) => sum + one);
  const damaged = file.slice();
  damaged[at - 9]! ^= 0x55;
  expect(await codeOf(() => decodeWhole(codec, damaged))).toBe("bitstream");
  const seen = await decodeWhole(codec, damaged, { recover: true });
  const beyond = (x: number, y: number) => x < tile - 64 || x >= 2 * tile + 64 || y >= tile + 64;
  expect(psnr(whole, seen, beyond)).toBe(Number.POSITIVE_INFINITY);
  expect(psnr(whole, seen)).toBeLessThan(45);
});

test("what a hostile writer stores is refused in words, and passed over in recovery", async () => {
  const huge = await guard.encode({ ...odd("flat"), ...big(512) }, 1e6);
  const bytesOf = (kind: string) => huge.find((each) => each.kind === kind)!.bytes;
  const hostile: [string, Uint8Array][] = [
    ["bitstream", withSecond({ stored: 1, sections: [[bytesOf("lossy")]] })],
    ["bitstream", withSecond({ stored: 2, sections: [[bytesOf("lossless")]] })],
    ["bitstream", withSecond({ stored: 1, sections: [[new Uint8Array(0)]] })],
    ["bitstream", withSecond({ stored: 2, sections: [[Uint8Array.from({ length: 500 }, (_, at) => at)]] })],
    ["version", withSecond({ stored: 77 })],
  ];
  for (const [code, bytes] of hostile) {
    expect(await codeOf(() => decodeWhole(codec, bytes))).toBe(code);
    expect((await decodeWhole(codec, bytes, { recover: true })).width).toBe(mixed.width);
  }
});

function big(side: number): Pick<Picture, "width" | "height" | "planes"> {
  return { width: side, height: side, planes: [0, 1, 2].map(() => new Uint8Array(side * side).fill(9)) };
}

test("a codec without a tile coder refuses the file in words", async () => {
  await expect(decodeWhole(bare, file)).rejects.toMatchObject({
    code: "option",
    message: expect.stringMatching(/stored by another coding.*tile coder/),
  });
});

// Written once; NACRE_GOLDEN=write-guarded makes them anew: only beside a new format.
const at = (name: string) => new URL(`../../test/golden/${name}`, import.meta.url);
if (process.env.NACRE_GOLDEN === "write-guarded") {
  writeFileSync(at("guarded.nacre"), file);
  const red = Int32Array.from(whole.planes[0]!.subarray(64 * whole.width, 76 * whole.width));
  writeFileSync(at("guarded.red.npy"), writeNpy({ shape: [red.length], data: red }));
}

test("the golden guarded picture has its tiles, decodes to the stored samples, and is what encoding gives", async () => {
  const golden = new Uint8Array(readFileSync(at("guarded.nacre")));
  expect(kindsOf(golden)).toEqual(kindsOf(file));
  const red = readNpy(new Uint8Array(readFileSync(at("guarded.red.npy")))).data;
  const seen = (await decodeWhole(codec, golden)).planes[0]!.subarray(64 * whole.width);
  expect(new Set(red).size).toBeGreaterThan(20);
  for (const [n, value] of red.entries()) expect(Math.abs(value - seen[n]!)).toBeLessThanOrEqual(1);
});
