import { fileURLToPath } from "node:url";
import { createStreamWriter, layerBytes, readStream, type SoundHeader, soundHeader } from "@nacre/bitstream";
import { afterAll, describe, expect, test } from "vitest";
import { type Audio, type AudioStream, isNacreError, open, readAudio, trimLayers } from "./index.js";

// Rule 5 of docs/architecture.md: you get back what you gave, to the last sample.
const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const tiny = path("packages/codec/test/tiny-model");
const nacre = await open(tiny, { threads: 1 });
afterAll(() => nacre.close());

/** A tone that glides, a little louder in each channel. */
function tone(sampleRate: number, length: number, channels = 1): Audio {
  const one = (gain: number) =>
    Float32Array.from({ length }, (_, n) => gain * Math.sin(400 * (n / sampleRate) * (1 + n / sampleRate)));
  return { sampleRate, channels: Array.from({ length: channels }, (_, channel) => one(0.1 + 0.1 * channel)) };
}

const shapeOf = ({ sampleRate, channels }: Audio) => [sampleRate, channels.map(({ length }) => length)];

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (isNacreError(error)) return error.code;
    throw error;
  }
  return "accepted";
}

describe.each([
  [8000, 1],
  [11_025, 1],
  [16_000, 2],
  [24_000, 1],
  [44_100, 2],
  [48_000, 3],
  [96_000, 1],
  [192_000, 1],
])("at %i Hz with %i channels", (sampleRate, channels) => {
  test.each([1, 2, 3, 5, 319, 1000, sampleRate, sampleRate + 1])("%i samples come back", async (length) => {
    const sound = tone(sampleRate, length, channels);
    const file = await nacre.encode(sound);
    expect(shapeOf(await nacre.decode(file))).toEqual(shapeOf(sound));
    expect(shapeOf(await nacre.decode(file, { layers: 1, recover: true }))).toEqual(shapeOf(sound));
    const { header: read, length: stated } = readStream(file);
    const header = soundHeader(read);
    expect([header.sampleRate, header.channels, stated]).toEqual([sampleRate, channels, length]);
  });
});

test("rates that no converter has are refused on the way in", async () => {
  expect(await codeOf(() => nacre.encode(tone(800_000, 100)))).toBe("media");
  expect(await codeOf(() => nacre.encode({ sampleRate: 24_000, channels: [new Float32Array(0)] }))).toBe(
    "media",
  );
  expect(
    await codeOf(() => nacre.encode({ sampleRate: 44_100, channels: [Float32Array.of(0, Number.NaN)] })),
  ).toBe("media");
});

test("a real recording at 44.1 kHz in stereo, as a stream and as a whole, gives one file", async () => {
  const sound = await readAudio(path("samples/music.wav"));
  const blocks: AudioStream["blocks"] = (async function* () {
    for (let at = 0; at < sound.channels[0]!.length; at += 1000)
      yield sound.channels.map((samples) => samples.slice(at, at + 1000));
  })();
  const parts: number[] = [];
  const length = sound.channels[0]!.length;
  const stream = { sampleRate: sound.sampleRate, channelCount: 2, length, blocks };
  for await (const part of nacre.encodeStream(stream)) parts.push(...part);
  const file = await nacre.encode(sound);
  expect(Buffer.from(parts).equals(file)).toBe(true);
  expect(shapeOf(await nacre.decode(file))).toEqual([44_100, [length, length]]);
  const codes = await nacre.codes(file);
  expect(codes.map((layer) => layer.length)).toEqual([2, 2, 2, 2]);
});

test("a rate keeps its word: the largest prefix that fits, container included", async () => {
  const sound = tone(24_000, 240_000);
  const whole = await nacre.encode(sound);
  const kbps = (bytes: number) => (bytes * 8) / 10 / 1000;
  for (const layers of [1, 2, 3, 4]) {
    const wanted = kbps(trimLayers(whole, layers).length);
    expect(Buffer.from(await nacre.encode(sound, { kbps: wanted })).equals(trimLayers(whole, layers))).toBe(
      true,
    );
  }
  expect(await codeOf(() => nacre.encode(sound, { kbps: 0.01 }))).toBe("option");
  expect(layerBytes(whole).layers.length).toBe(4);
});

describe("a hostile file", () => {
  const header = async (change: Partial<SoundHeader>, claimed: number, cut = 0) => {
    const stored = readStream(await nacre.encode(tone(24_000, 40_000)));
    const writer = createStreamWriter({ ...soundHeader(stored.header), ...change });
    const bytes = [
      writer.start(),
      ...stored.chunks.map((chunk) => writer.chunk(chunk)),
      writer.finish(claimed),
    ];
    return new Uint8Array(Buffer.concat(bytes.slice(0, bytes.length - cut)));
  };

  test("that claims 2^48 samples is refused, and with recover gives what is there", async () => {
    for (const cut of [0, 1, 2]) {
      const file = await header({ length: 2 ** 48 }, 2 ** 48, cut);
      expect(await codeOf(() => nacre.decode(file))).toBe("bitstream");
      const { channels } = await nacre.decode(file, { recover: true });
      expect(channels[0]!.length).toBeLessThan(41_000);
    }
  });

  test("that asks for four billion hertz is refused before anything is made", async () => {
    for (const sampleRate of [2 ** 32 - 1, 768_001]) {
      const file = await header({ sampleRate, length: undefined }, 40_000);
      expect(await codeOf(() => nacre.decode(file, { recover: true }))).toBe("bitstream");
    }
  });

  test("that asks for one hertz costs no more than its codes", async () => {
    const file = await header({ sampleRate: 1, length: undefined }, 2);
    expect(shapeOf(await nacre.decode(file, { recover: true }))[0]).toBe(1);
  });
});
