import { createStreamWriter, type PictureHeader, readStream } from "@nacre/bitstream";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { codeOf, decodeAll, encodeAll, hum, joinBytes, openTiny } from "../../test/tiny.js";
import {
  decodeWhole,
  encodePicture,
  openTinyPicture,
  psnr,
  samePicture,
  scene,
  tile,
} from "../../test/tiny-picture.js";

const codec = await openTinyPicture();
afterAll(() => codec.close());

// Three by two tiles.
const picture = { ...scene(3 * tile, 2 * tile, 21), iccProfile: Uint8Array.of(9, 8, 7, 6) };
const file = await encodePicture(codec, picture);
const whole = await decodeWhole(codec, file);
const { header, chunks } = readStream(file);

/** Where the chunks begin. */
function places(): number[] {
  const writer = createStreamWriter(header);
  let at = writer.start().length;
  return chunks.map((chunk) => {
    at += writer.chunk(chunk).length;
    return at;
  });
}

/** Pixels farther than the decoder's window from a tile, in tiles. */
function beyond(column: number, row: number, margin: number) {
  const outside = (at: number, tileAt: number) =>
    at < tileAt * tile - margin || at >= (tileAt + 1) * tile + margin;
  return (x: number, y: number) => outside(x, column) || outside(y, row);
}

test("a damaged tile loses itself; what is beyond its margin does not change by a bit", async () => {
  const [, second] = places();
  const damaged = file.slice();
  damaged[second! - 30]! ^= 0x55;
  expect(await codeOf(() => decodeWhole(codec, damaged))).toBe("bitstream");
  const seen = await decodeWhole(codec, damaged, { recover: true });
  expect(psnr(whole, seen, beyond(1, 0, 64))).toBe(Number.POSITIVE_INFINITY);
  expect(psnr(whole, seen)).toBeLessThan(60);
  expect(seen.iccProfile).toEqual(picture.iccProfile);
});

test("a lost tile keeps its place, and a cut file its first tiles", async () => {
  const [first, second, third] = places();
  const missing = joinBytes([file.subarray(0, first), file.subarray(second)]);
  expect(await codeOf(() => decodeWhole(codec, missing))).toBe("bitstream");
  const seen = await decodeWhole(codec, missing, { recover: true });
  expect(psnr(whole, seen, beyond(1, 0, 64))).toBe(Number.POSITIVE_INFINITY);
  const cut = await decodeWhole(codec, file.subarray(0, third! + 5), { recover: true });
  expect(psnr(whole, cut, (_, y) => y < tile - 64)).toBe(Number.POSITIVE_INFINITY);
  expect(psnr(whole, cut, (_, y) => y > tile + 64)).toBeLessThan(25);
});

test("a tile whose upper layers are damaged is the prefix of the sound ones", async () => {
  // Sound checks over bytes that are no codes: the coder finds out, and recovery goes on below.
  const writer = createStreamWriter(header);
  const spoilt = chunks.map((chunk) => ({
    ...chunk,
    sections: chunk.sections.map((section, layer) => (layer === 2 ? [Uint8Array.of(0, 1)] : section)),
  }));
  const bad = joinBytes([writer.start(), ...spoilt.map((chunk) => writer.chunk(chunk)), writer.finish(6)]);
  expect(await codeOf(() => decodeWhole(codec, bad))).toBe("bitstream");
  const [seen, prefix] = [
    await decodeWhole(codec, bad, { recover: true }),
    await decodeWhole(codec, file, { layers: 1 }),
  ];
  expect(samePicture(seen, prefix)).toBe(true);
});

test("a damaged attachment leaves the picture as it is", async () => {
  const bare = createStreamWriter({ ...(header as PictureHeader), attachments: [] }).start().length;
  const damaged = file.slice();
  damaged[bare + 4]! ^= 1;
  expect(await codeOf(() => decodeWhole(codec, damaged))).toBe("bitstream");
  const { iccProfile, ...seen } = await decodeWhole(codec, damaged, { recover: true });
  expect(iccProfile).toBeUndefined();
  expect(samePicture(seen, whole)).toBe(true);
});

test("a file of too few or too many tiles is refused", async () => {
  for (const count of [5, 7]) {
    const writer = createStreamWriter(header);
    const parts = [writer.start()];
    for (let at = 0; at < count; at++) parts.push(writer.chunk(chunks[Math.min(at, 5)]!));
    parts.push(writer.finish(Math.min(6, count)));
    const changed = joinBytes(parts);
    expect(await codeOf(() => decodeWhole(codec, changed))).toBe("bitstream");
    expect((await decodeWhole(codec, changed, { recover: true })).width).toBe(picture.width);
  }
});

test("files of other models or media are refused in words", async () => {
  const changes: Partial<PictureHeader>[] = [
    { model: "other@1" },
    { decodeHash: new Uint8Array(8) },
    { tile: 64 },
    { layers: header.layers.slice(1) },
  ];
  for (const change of changes) {
    const writer = createStreamWriter({ ...(header as PictureHeader), ...change });
    const other = joinBytes([writer.start(), writer.finish(0)]);
    expect(await codeOf(() => decodeWhole(codec, other))).toBe("model");
  }
});

test("a picture is no sound, and a sound no picture", async () => {
  const sound = await openTiny();
  expect(await codeOf(() => decodeAll(sound, file))).toBe("bitstream");
  const heard = await encodeAll(sound, [hum(1000)]);
  expect(await codeOf(() => decodeWhole(codec, heard))).toBe("bitstream");
  await sound.close();
});

test("whatever bytes of a file are changed, decoding ends in a picture or in a sentence", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 }),
      async (places) => {
        const changed = file.slice();
        for (const [at, by] of places) changed[at % file.length]! ^= by;
        expect(["accepted", "bitstream", "version", "model"]).toContain(
          await codeOf(() => decodeWhole(codec, changed, { recover: true })),
        );
      },
    ),
    { seed: 3, numRuns: 15 },
  );
});
