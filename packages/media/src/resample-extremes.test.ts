import { describe, expect, test } from "vitest";
import { directForm } from "../test/direct-form.js";
import { choppy, noise, sine } from "../test/sounds.js";
import { collect, resample, resampleStream, streamOf } from "./index.js";

/** Rates, and samples of sound: enough for the filter to be within the sound where that is affordable. */
const extremes: [from: number, to: number, length: number][] = [
  [8000, 768_000, 600],
  [768_000, 8000, 30_000],
  [44_100, 44_101, 2000],
  [44_101, 44_100, 2000],
  [48_000, 101, 90_000],
  [101, 48_000, 20],
  [192_000, 1000, 30_000],
  [1, 8000, 3],
  [2000, 1, 1500],
  [4_294_967_291, 4_294_967_279, 1500],
];

describe("extreme and prime ratios", () => {
  for (const [from, to, length] of extremes) {
    test(`${from} -> ${to}: is the direct form to 2e-6 of full scale`, () => {
      const audio = noise(from, 2, length);
      const heard = resample(audio, to);
      const total = Math.ceil((length * to) / from);
      const count = Math.min(3, total);
      for (const begin of new Set([0, Math.floor((total - count) / 2), total - count])) {
        for (const [channel, samples] of audio.channels.entries()) {
          const got = heard.channels[channel]!;
          expect(got.length).toBe(total);
          for (const [index, exact] of directForm(samples, from, to, begin, count).entries()) {
            expect(Math.abs(got[begin + index]! - exact)).toBeLessThan(2e-6);
          }
        }
      }
    });

    test(`${from} -> ${to}: streaming is the whole to the last bit`, async () => {
      const audio = noise(from, 2, Math.min(length, 9000));
      const streamed = await collect(resampleStream(choppy(audio, 4, 1 + length / 3), to));
      expect(streamed).toEqual(resample(audio, to));
    });
  }

  test("an offset stays to 1e-6 where every phase is used once", () => {
    const constant = { sampleRate: 44_100, channels: [new Float32Array(3000).fill(-0.7)] };
    for (const sample of resample(constant, 44_101).channels[0]!.subarray(70, -70)) {
      expect(Math.abs(sample + 0.7)).toBeLessThan(1e-6);
    }
  });
});

describe("memory", () => {
  test("a block that would become enormous comes out in pieces", async () => {
    const audio = sine(1, 0.01, 200);
    const sizes: number[] = [];
    for await (const block of resampleStream(streamOf(audio), 8000).blocks) sizes.push(block[0]!.length);
    // The last one is of another length: it holds what the 64 input samples of the filter kept back.
    expect(Math.max(...sizes.slice(0, -1))).toBeLessThanOrEqual(2 ** 18);
    expect(sizes.at(-1)).toBe(64 * 8000);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(200 * 8000);
  });

  test("a filter that no memory holds is refused in a sentence", () => {
    const audio = sine(2 ** 32, 1, 10);
    const refusal = expect.objectContaining({ code: "option" });
    for (const rate of [1, 2 ** 12 - 1, 2 ** 33]) {
      expect(() => resample(audio, rate)).toThrow(refusal);
      expect(() => resampleStream(streamOf(audio), rate)).toThrow(refusal);
    }
  });
});
