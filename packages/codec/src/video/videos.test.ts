import {
  type Chunk,
  createStreamWriter,
  readStream,
  readVideoIndex,
  trimLayers,
  type VideoHeader,
} from "@nacre/bitstream";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { codeOf, decodeAll, encodeAll, hop, hum, inPieces, openTiny, rate } from "../../test/tiny.js";
import { decodeWhole, encodePicture, openTinyPicture, psnr, samePicture } from "../../test/tiny-picture.js";
import { decodeVideo, encodeVideo, openTinyVideo, panned, videoOf } from "../../test/tiny-video.js";
import { soundtrackOf, videoFileCodes, videoHeader } from "../index.js";
import { pictureHeaderOf } from "../picture/picture-header.js";
import { asTiled } from "../picture/readable-picture.js";

const codec = await openTinyVideo();
const pictures = await openTinyPicture();
afterAll(() => Promise.all([codec.close(), pictures.close()]));

const [width, height] = [150, 70];
const shown = panned(width, height, 6);
const still = [
  shown[0]!,
  shown[0]!,
  { ...shown[0]!, planes: shown[0]!.planes.map((plane) => plane.slice()) },
];

test.each([
  [1, 1],
  [71, 49],
  [130, 66],
])("frames of %i x %i pixels come back with their size and number", async (across, down) => {
  const { frames, header } = await decodeVideo(
    codec,
    await encodeVideo(codec, videoOf(panned(across, down, 3))),
  );
  expect(frames.map(({ number, picture }) => [number, picture.width, picture.height])).toEqual(
    [0, 1, 2].map((number) => [number, across, down]),
  );
  expect(header).toMatchObject({ rate: { numerator: 10, denominator: 1 }, clock: undefined });
});

test("a key frame is the picture of the same codes: its sections and its samples", async () => {
  const file = await encodeVideo(codec, videoOf(shown), { layers: 2 });
  const { frames } = await decodeVideo(codec, file);
  const { chunks } = readStream(file);
  for (const [at, picture] of shown.entries()) {
    const alone = await encodePicture(pictures, picture, { layers: 2 });
    const tiles = readStream(alone).chunks.map(({ sections }) => sections.map(([section]) => section!));
    expect(chunks[at]!.sections).toEqual(tiles[0]!.map((_, layer) => tiles.map((own) => own[layer]!)));
    expect(samePicture(await decodeWhole(pictures, alone), frames[at]!.picture)).toBe(true);
  }
});

test("every prefix decodes, and a trimmed file is the one that was encoded with fewer layers", async () => {
  const file = await encodeVideo(codec, videoOf(shown), { layers: 3 });
  let before = 0;
  for (const layers of [1, 2, 3]) {
    const trimmed = trimLayers(file, layers);
    expect(trimmed).toEqual(await encodeVideo(codec, videoOf(shown), { layers }));
    const [whole, cut] = [await decodeVideo(codec, file, { layers }), await decodeVideo(codec, trimmed)];
    expect(cut.frames.every(({ picture }, at) => samePicture(picture, whole.frames[at]!.picture))).toBe(true);
    const quality = psnr(shown[2]!, cut.frames[2]!.picture);
    expect(quality).toBeGreaterThan(before);
    before = quality;
  }
});

test("a repeated frame is the same picture again, and a thousand of them cost less than twenty bytes", async () => {
  const one = await encodeVideo(codec, videoOf([shown[0]!]));
  const many = await encodeVideo(codec, videoOf([...still, ...Array(1000).fill(shown[0]!)]));
  expect(many.length - one.length).toBeLessThan(20);
  const { frames } = await decodeVideo(codec, many);
  expect(frames).toHaveLength(1003);
  expect(frames.every(({ picture }) => picture === frames[0]!.picture)).toBe(true);
  const mixed = await encodeVideo(codec, videoOf([...still, shown[1]!, shown[1]!, shown[0]!]));
  expect(readStream(mixed).chunks.map(({ mark, frames: count }) => [mark?.kind, count])).toEqual([
    ["intra", 1],
    ["repeat", 2],
    ["intra", 1],
    ["repeat", 1],
    ["intra", 1],
  ]);
});

test("times of frames are kept to the tick, and so is the end", async () => {
  const times = [0, 3, 1000, 1001, 1002, 5000];
  const video = videoOf([...still, ...shown.slice(0, 3)], { clock: 600, times, endTime: () => 5300 });
  const { frames, endTime } = await decodeVideo(codec, await encodeVideo(codec, video));
  expect(frames.map(({ time }) => time)).toEqual(times);
  expect(endTime).toBe(5300);
});

test("of a part only the frames in it are decoded, from the key frame where the index says that it lies", async () => {
  const clip = [...shown, ...shown.map((picture) => ({ ...picture })), ...shown, ...still];
  const file = await encodeVideo(codec, videoOf(clip));
  const { frames: all } = await decodeVideo(codec, file);
  let asked = 0;
  const { decodeIntra } = codec.frames;
  codec.frames.decodeIntra = (...given) => {
    asked++;
    return decodeIntra(...given);
  };
  try {
    const { frames } = await decodeVideo(codec, file, { from: 0.3, to: 0.6 });
    expect(frames.map(({ number }) => number)).toEqual([3, 4, 5]);
    expect(asked).toBe(3);
    expect(frames.every(({ picture, number }) => samePicture(picture, all[number]!.picture))).toBe(true);
    const read = async (at: number, length: number) => file.slice(at, at + length);
    const index = await readVideoIndex({ size: file.length, read });
    const firstChunk = index!.chunks.findLastIndex(({ kind, number }) => kind === "intra" && number <= 20);
    const { start, chunks } = index!;
    const rest = new Uint8Array([...start, ...file.subarray(chunks[firstChunk]!.at)]);
    const late = await decodeVideo(codec, rest, { firstChunk, from: 1.9 });
    expect(late.frames.map(({ number }) => number)).toEqual([19, 20]);
    // Both repeat the frame that the part begins with.
    expect(asked).toBe(4);
  } finally {
    codec.frames.decodeIntra = decodeIntra;
  }
});

test("a mean rate is landed on, sound apart or with all that is in the file", async () => {
  const clip = panned(width, height, 40);
  const pixels = width * height * clip.length;
  for (const bpp of [0.12, 0.25]) {
    const file = await encodeVideo(codec, videoOf(clip), { bpp });
    expect(Math.abs((8 * file.length) / pixels / bpp - 1), `${bpp}`).toBeLessThan(0.12);
  }
  const file = await encodeVideo(codec, videoOf(clip), { kbps: 20 });
  expect(Math.abs((8 * file.length) / 4000 / 20 - 1)).toBeLessThan(0.12);
});

test("psnr is reached by every frame", async () => {
  const { frames } = await decodeVideo(codec, await encodeVideo(codec, videoOf(shown), { psnr: 19 }));
  for (const [at, { picture }] of frames.entries()) {
    expect(psnr(shown[at]!, picture)).toBeGreaterThan(18.9);
    expect(psnr(shown[at]!, picture)).toBeLessThan(19.2);
  }
});

test("a sound goes into the file piece by piece and comes out as the file that it was", async () => {
  const sounds = await openTiny();
  onTestFinished(() => sounds.close());
  const own = await encodeAll(sounds, [hum(6 * rate), hum(6 * rate, 2)]);
  const clip = Array.from({ length: 40 }, (_, at) => shown[at % 2]!);
  const sound = () => ({ file: inPieces(own, [100]), frameRate: rate / hop });
  const file = await encodeVideo(codec, videoOf(clip), { sound: sound() });
  const { header, chunks, soundLength } = readStream(file);
  expect(soundLength).toBe(6 * rate);
  // A piece lasts a second: it stands before the frame at its second, the last two behind the last frame.
  const kinds = chunks.map(({ mark }) => mark?.kind === "sound");
  expect(kinds.flatMap((isSound, at) => (isSound ? [at] : [])).slice(0, 4)).toEqual([0, 11, 22, 33]);
  const parts: Uint8Array[] = [];
  for await (const part of soundtrackOf(videoHeader(header), inPieces(file, [999]))) parts.push(part);
  expect(new Uint8Array(Buffer.concat(parts))).toEqual(own);
  expect((await decodeVideo(codec, file)).frames).toHaveLength(40);
  expect(await codeOf(() => decodeAll(sounds, file))).toBe("bitstream");
  const heard = (bytes: Uint8Array) => readStream(bytes).chunks.filter(({ mark }) => mark?.kind === "sound");
  expect(heard(trimLayers(file, 1)).map(({ sections }) => sections)).toEqual(
    heard(file).map(({ sections }) => sections),
  );
});

test("codes of a file are those of its pictures", async () => {
  const file = await encodeVideo(codec, videoOf(shown.slice(0, 2)), { layers: 2 });
  const codes = videoFileCodes(pictures.model, file);
  const alone = await pictures.codes(shown[1]!);
  expect(codes).toHaveLength(3);
  for (const [layer, [, second]] of codes.entries()) expect(second).toEqual(alone[layer]);
});

test("damage costs its frame: strictly an error, in recovery the frame before stays", async () => {
  const file = await encodeVideo(codec, videoOf(shown), { layers: 2 });
  const whole = await decodeVideo(codec, file);
  const { header, chunks } = readStream(file);
  const writer = createStreamWriter(header);
  const sizes = [writer.start(), ...chunks.map((chunk) => writer.chunk(chunk))].map(({ length }) => length);
  const hurt = file.slice();
  const third = sizes.slice(0, 3).reduce((sum, size) => sum + size, 0);
  hurt.fill(0, third, third + sizes[3]!);
  expect(await codeOf(() => decodeVideo(codec, hurt))).toBe("bitstream");
  const { frames, damage, length } = await decodeVideo(codec, hurt, { recover: true });
  expect(damage.length).toBeGreaterThan(0);
  expect([frames.length, length]).toEqual([6, 6]);
  for (const [at, { picture, number }] of frames.entries()) {
    expect(number).toBe(at);
    expect(samePicture(picture, whole.frames[at === 2 ? 1 : at]!.picture), `${at}`).toBe(true);
  }
  const cut = await decodeVideo(codec, file.subarray(0, third), { recover: true });
  expect(cut.frames).toHaveLength(2);
});

test("a predicted frame is refused by a sentence that says so", async () => {
  const file = await encodeVideo(codec, videoOf(shown.slice(0, 2)), { layers: 1 });
  const { header, chunks } = readStream(file);
  const writer = createStreamWriter(header);
  const predicted: Chunk = {
    ...chunks[1]!,
    mark: { kind: "predicted", number: 1, reference: 1, level: 0 },
  };
  const parts = [writer.start(), writer.chunk(chunks[0]!), writer.chunk(predicted), writer.finish(2)];
  await expect(decodeVideo(codec, new Uint8Array(Buffer.concat(parts)))).rejects.toMatchObject({
    code: "version",
    message: expect.stringMatching(/frame 2 is predicted .* newer release/),
  });
});

test("what cannot be coded or decoded is refused with a code", async () => {
  const odd = panned(width + 1, height, 1);
  const file = await encodeVideo(codec, videoOf(shown.slice(0, 1)));
  const header = readStream(file).header as VideoHeader;
  const other = (change: Partial<VideoHeader>) => {
    const writer = createStreamWriter({ ...header, ...change });
    return new Uint8Array(Buffer.concat([writer.start(), writer.finish(0)]));
  };
  const cases: [string, () => Promise<unknown>][] = [
    ["media", () => encodeVideo(codec, videoOf([]))],
    ["shape", () => encodeVideo(codec, videoOf([shown[0]!, odd[0]!]))],
    ["option", () => encodeVideo(codec, videoOf(shown), { layers: 1, kbps: 3 })],
    ["option", () => encodeVideo(codec, videoOf(shown), { layers: 9 })],
    ["option", () => encodeVideo(codec, videoOf(shown), { bpp: 0 })],
    ["option", () => decodeVideo(codec, file, { layers: 4 })],
    ["model", () => decodeVideo(codec, other({ model: "else@1" }))],
    ["model", () => decodeVideo(codec, other({ decodeHash: new Uint8Array(8) }))],
    ["model", () => decodeVideo(codec, other({ tile: 64 }))],
    ["bitstream", () => decodeVideo(codec, other({ width: 2 ** 14, height: 2 ** 13, tile: 128 }))],
    ["bitstream", async () => decodeVideo(codec, await encodePicture(pictures, shown[0]!))],
  ];
  for (const [code, action] of cases) expect(await codeOf(action), `${action}`).toBe(code);
  expect(pictureHeaderOf(pictures.model, asTiled(shown[0]!), 1).tile).toBe(header.tile);
});
