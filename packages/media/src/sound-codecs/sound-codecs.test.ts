import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readAudio } from "../index.js";
import { oggBytes } from "./opus.js";
import { soundCodecs } from "./sound-codecs.js";

const speech = await readAudio(fileURLToPath(new URL("../../../../samples/speech.wav", import.meta.url)));
const seconds = speech.channels[0]!.length / speech.sampleRate;

/** Decibels of the original over the difference, both in full. */
function ratio(original: Float32Array, decoded: Float32Array): number {
  let [signal, error] = [0, 0];
  for (const [i, sample] of original.entries()) {
    signal += sample ** 2;
    error += (sample - decoded[i]!) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

describe.each(soundCodecs.map((codec) => ({ codec, name: codec.name })))(
  "a sound through $name",
  ({ codec }) => {
    test("comes back in time and close to itself, closer at a higher rate, and costs what was asked for", async () => {
      const [low, high] = await Promise.all([24, 64].map((kbps) => codec.through(speech, kbps)));
      const of = ({ decoded }: { decoded: typeof speech }) =>
        ratio(speech.channels[0]!, decoded.channels[0]!);
      // A shift of one sample would leave next to nothing of this.
      expect(of(high!)).toBeGreaterThan(14);
      expect(of(high!)).toBeGreaterThan(of(low!) + 3);
      expect(Math.abs((high!.bytes * 8) / seconds / 1000 - 64)).toBeLessThan(20);
      expect(high!.decoded.channels.map(({ length }) => length)).toEqual([speech.channels[0]!.length]);
    });

    test("keeps two channels and a rate that the codec does not know", async () => {
      const samples = speech.channels[0]!.subarray(20_000, 40_000);
      const pair = { sampleRate: 17_000, channels: [samples, samples.map((x) => -x / 2)] };
      const { decoded } = await codec.through(pair, 128);
      expect(decoded.sampleRate).toBe(17_000);
      expect(decoded.channels.map((each, c) => ratio(pair.channels[c]!, each) > 10)).toEqual([true, true]);
    });

    test("tells its version and has settings that rise", () => {
      expect(codec.version()).toMatch(/\d+\.\d+\.\d+$/);
      expect(codec.settings).toEqual(codec.settings.toSorted((a, b) => a - b));
    });
  },
);

test("MP3 below its lowest rate is refused", async () => {
  const mp3 = soundCodecs.find(({ name }) => name === "mp3")!;
  await expect(mp3.through(speech, 7)).rejects.toMatchObject({ code: "option" });
});

test("an Ogg file of a second of packets counts its pages and lacing", () => {
  expect(oggBytes(Array<number>(50).fill(20))).toBe(47 + 51 + 27 + 50 + 1000);
  expect(oggBytes([255])).toBe(47 + 51 + 27 + 2 + 255);
});
