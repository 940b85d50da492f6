import { readStream } from "@nacre/bitstream";
import { afterAll, expect, test } from "vitest";
import {
  chunk,
  decodeAll,
  encodeAll,
  hum,
  inBlocks,
  inPieces,
  openTiny,
  rate,
  sameSound,
} from "../test/tiny.js";

const codec = await openTiny();
afterAll(() => codec.close());
const sound = [hum(2 * chunk + 4321, 1), hum(2 * chunk + 4321, 2)];
const heard = async (sizes?: number[]) => (await decodeAll(codec, whole, sizes ? { sizes } : {})).channels;
const whole = await encodeAll(codec, sound, { sizes: [sound[0]!.length] });

test.each([[[1]], [[7]], [[4096]], [[chunk]], [[1, 7, 320, 4096, 3]]])(
  "a sound that comes in blocks of %j samples gives the same bytes",
  async (sizes) => {
    expect(await encodeAll(codec, sound, { sizes })).toEqual(whole);
  },
);

test.each([[[1]], [[7]], [[500]], [[1, 2, 3, 100]]])(
  "a file that comes in pieces of %j bytes gives the same sound",
  async (sizes) => {
    expect(sameSound(await heard(sizes), await heard())).toBe(true);
  },
);

test("encoding twice, and on two codecs at once, gives the same bytes", async () => {
  const other = await openTiny(2);
  const files = await Promise.all([codec, other, codec].map((each) => encodeAll(each, sound)));
  await other.close();
  for (const file of files) expect(file).toEqual(whole);
});

test("a chunk is written as soon as its samples are in, and heard as soon as its context is", async () => {
  let read = 0;
  const source = inBlocks(sound, [1000]);
  const counted = {
    ...source,
    blocks: (async function* () {
      for await (const block of source.blocks) {
        read += block[0]!.length;
        yield block;
      }
    })(),
  };
  const encoder = codec.encode(counted, { sampleRate: rate, finalLength: () => read });
  await encoder.next();
  await encoder.next();
  expect(read).toBeLessThanOrEqual(chunk + 1000);
  await encoder.return();

  let fed = 0;
  const pieces = async function* () {
    for await (const piece of inPieces(whole, [50])) {
      fed += piece.length;
      yield piece;
    }
  };
  const stream = await codec.decode(pieces());
  for await (const block of stream.blocks) {
    expect(block[0]!.length).toBeGreaterThan(chunk / 2);
    break;
  }
  const { chunks } = readStream(whole);
  const lastChunk = chunks
    .at(-1)!
    .sections.flat()
    .reduce((sum, { length }) => sum + length, 0);
  expect(fed).toBeLessThan(whole.length - lastChunk / 2);
});

test("leaving the sound early closes the source of the bytes", async () => {
  let closed = false;
  const pieces = async function* () {
    try {
      yield* inPieces(whole, [50]);
    } finally {
      closed = true;
    }
  };
  const stream = await codec.decode(pieces());
  for await (const _ of stream.blocks) break;
  expect(closed).toBe(true);
});

test("progress counts frames up to the last one, both ways", async () => {
  const frames: number[] = [];
  const onProgress = (done: number) => frames.push(done);
  const total = readStream(whole).chunks.reduce((sum, each) => sum + each.frames, 0);
  await decodeAll(codec, whole, { onProgress });
  expect(frames).toEqual([75, 150, total]);
});
