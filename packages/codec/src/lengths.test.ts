import { readStream } from "@nacre/bitstream";
import { afterAll, expect, test } from "vitest";
import {
  chunk,
  codeOf,
  decodeAll,
  encodeAll,
  hop,
  hum,
  inBlocks,
  openTiny,
  rate,
  sameSound,
} from "../test/tiny.js";
import { frameCount } from "./index.js";

const codec = await openTiny();
afterAll(() => codec.close());
const sound = hum(3 * chunk + 100);

test.each([
  ...[1, 2, 319, 320, 321, 639, 640, 641, 959, 960, 961],
  ...[chunk - 641, chunk - 640, chunk - 639, chunk - 1, chunk, chunk + 1],
  ...[2 * chunk - 1, 2 * chunk, 3 * chunk + 77],
])("a sound of %i samples comes back with %i samples", async (length) => {
  const file = await encodeAll(codec, [sound.subarray(0, length)]);
  const { channels, length: stated } = await decodeAll(codec, file);
  expect(channels.map((samples) => samples.length)).toEqual([length]);
  expect(stated).toBe(length);
  expect(channels[0]!.every(Number.isFinite)).toBe(true);
  const frames = readStream(file).chunks.reduce((sum, each) => sum + each.frames, 0);
  expect(frames).toBe(frameCount(codec.model, length));
});

test("channels are coded by themselves: three come back as three, each as if alone", async () => {
  const channels = [1, 2, 3].map((seed) => hum(chunk + 500, seed));
  const { channels: found } = await decodeAll(codec, await encodeAll(codec, channels));
  for (const [channel, samples] of channels.entries()) {
    const alone = await decodeAll(codec, await encodeAll(codec, [samples]));
    expect(sameSound([found[channel]!], alone.channels)).toBe(true);
  }
});

test("the last hop is not faded out: windows reach beyond the end", async () => {
  const whole = sound.subarray(0, 2 * chunk);
  const cut = sound.subarray(0, chunk + 5000);
  const [long, short] = await Promise.all(
    [whole, cut].map(async (each) => (await decodeAll(codec, await encodeAll(codec, [each]))).channels[0]!),
  );
  const power = (samples: Float32Array) => samples.reduce((sum, value) => sum + value * value, 0);
  const last = (samples: Float32Array) => power(samples.subarray(chunk + 5000 - hop, chunk + 5000));
  expect(last(short!) / last(long!)).toBeGreaterThan(0.3);
  expect(short!.length).toBe(cut.length);
});

test("the length may be unknown until the end", async () => {
  const samples = sound.subarray(0, chunk + 123);
  const parts: number[] = [];
  for await (const part of codec.encode(inBlocks([samples]), {
    sampleRate: rate,
    finalLength: () => samples.length,
  }))
    parts.push(...part);
  const file = Uint8Array.from(parts);
  expect(readStream(file).header).toMatchObject({ media: "audio", length: undefined });
  expect((await decodeAll(codec, file)).channels[0]!.length).toBe(samples.length);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  "a sample that is %f is refused as media, wherever it stands",
  async (value) => {
    for (const at of [0, chunk + 3]) {
      const broken = sound.slice(0, 2 * chunk);
      broken[at] = value;
      expect(await codeOf(() => encodeAll(codec, [sound.subarray(0, 2 * chunk), broken]))).toBe("media");
      expect(await codeOf(() => codec.codes(broken))).toBe("media");
    }
  },
);

test("a sound without samples, of another rate, or of blocks that do not fit is refused", async () => {
  const options = { sampleRate: rate, finalLength: () => 0 };
  const drain = async (stream: AsyncIterable<unknown>) => {
    for await (const _ of stream);
  };
  expect(await codeOf(() => drain(codec.encode(inBlocks([new Float32Array(0)]), options)))).toBe("media");
  const other = { ...inBlocks([sound]), sampleRate: 48_000 };
  expect(await codeOf(() => drain(codec.encode(other, options)))).toBe("option");
  expect(await codeOf(() => drain(codec.encode({ ...inBlocks([sound]), channelCount: 2 }, options)))).toBe(
    "shape",
  );
  const uneven = {
    ...inBlocks([sound]),
    channelCount: 2,
    blocks: (async function* () {
      yield [new Float32Array(3), new Float32Array(4)];
    })(),
  };
  expect(await codeOf(() => drain(codec.encode(uneven, options)))).toBe("shape");
  for (const sampleRate of [0, 0.5, 1e6, Number.NaN]) {
    expect(await codeOf(() => drain(codec.encode(inBlocks([sound]), { ...options, sampleRate })))).toBe(
      "media",
    );
  }
});

test.each([0, 5, 1.5, Number.NaN])("%f layers are refused", async (layers) => {
  expect(await codeOf(() => encodeAll(codec, [sound], { layers }))).toBe("option");
  const file = await encodeAll(codec, [sound.subarray(0, 1000)]);
  expect(await codeOf(() => decodeAll(codec, file, { layers }))).toBe("option");
});
