import { describe, expect, test } from "vitest";
import { choppy, noise, signalToNoise, sine } from "../test/sounds.js";
import { collect, resample, resampleStream, streamOf } from "./index.js";

const pairs: [number, number][] = [
  [16_000, 24_000],
  [24_000, 16_000],
  [44_100, 48_000],
  [48_000, 44_100],
  [44_100, 24_000],
  [8000, 48_000],
  [96_000, 16_000],
  [22_050, 24_000],
  [11_025, 8000],
];
const middle = (samples: Float32Array, edge: number) => samples.subarray(edge, samples.length - edge);
const power = (samples: Float32Array) =>
  samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length;

describe("resampling", () => {
  for (const [from, to] of pairs) {
    test(`${from} -> ${to}: a sine is the same sine, without delay`, () => {
      const hertz = 0.41 * Math.min(from, to);
      const heard = resample(sine(from, hertz, from / 2), to).channels[0]!;
      const closedForm = sine(to, hertz, heard.length).channels[0]!;
      const edge = Math.ceil((70 * to) / Math.min(from, to));
      expect(signalToNoise(middle(closedForm, edge), middle(heard, edge))).toBeGreaterThan(70);
    });

    test(`${from} -> ${to}: streaming is the whole to the last bit, whatever the blocks`, async () => {
      const audio = noise(from, 2, 3000 + (from % 97));
      const whole = resample(audio, to);
      for (const [seed, most] of [
        [1, 7],
        [2, 700],
        [3, 4000],
      ] as const) {
        expect(await collect(resampleStream(choppy(audio, seed, most), to))).toEqual(whole);
      }
    });

    test(`${from} -> ${to}: the length is ceil(length * out / in), or the one that is wanted`, async () => {
      for (const length of [0, 1, 2, 99, 1000, 1001]) {
        const audio = noise(from, 1, length);
        const expected = Math.ceil((length * to) / from);
        const stream = resampleStream(streamOf(audio), to);
        expect(resample(audio, to).channels[0]!.length).toBe(expected);
        expect(stream.length).toBe(expected);
        expect((await collect(stream)).channels[0]!.length).toBe(expected);
        for (const wanted of [0, 1, 640, expected, expected + 333]) {
          const exact = resample(audio, to, { length: wanted });
          expect(exact.channels[0]!.length).toBe(wanted);
          expect(await collect(resampleStream(choppy(audio, 5), to, { length: wanted }))).toEqual(exact);
        }
      }
    });
  }

  test("what the lower rate cannot hold is at least 80 dB down", () => {
    for (const hertz of [8000, 8200, 10_000, 15_000, 23_000]) {
      const heard = middle(resample(sine(48_000, hertz, 24_000), 16_000).channels[0]!, 100);
      expect(10 * Math.log10(power(heard) / 0.125)).toBeLessThan(-80);
    }
  });

  test("images above the old band are at least 80 dB down", () => {
    const tone = middle(resample(sine(16_000, 5000, 8000), 48_000).channels[0]!, 300);
    const image = (2 * Math.PI * 11_000) / 48_000;
    let [re, im] = [0, 0];
    for (const [n, sample] of tone.entries()) {
      const window = Math.sin((Math.PI * n) / tone.length) ** 4;
      re += sample * window * Math.cos(image * n);
      im += sample * window * Math.sin(image * n);
    }
    expect(20 * Math.log10(Math.hypot(re, im) / (tone.length * 0.375 * 0.25))).toBeLessThan(-80);
  });

  test("an impulse comes out symmetric: linear phase and no delay", () => {
    const impulse = new Float32Array(401);
    impulse[200] = 1;
    const heard = resample({ sampleRate: 16_000, channels: [impulse] }, 48_000).channels[0]!;
    for (let away = 1; away < 300; away++) expect(heard[600 - away]).toBeCloseTo(heard[600 + away]!, 9);
    expect(Math.max(...heard)).toBe(heard[600]);
  });

  test("a constant stays that constant inside", () => {
    const heard = resample({ sampleRate: 44_100, channels: [new Float32Array(4410).fill(0.3)] }, 24_000)
      .channels[0]!;
    for (const sample of middle(heard, 100)) expect(sample).toBeCloseTo(0.3, 7);
  });

  test("up and down again gives the sound back, with its length", () => {
    const audio = resample(noise(12_000, 1, 6000), 24_000);
    const back = resample(resample(audio, 44_100), 24_000, { length: audio.channels[0]!.length });
    expect(signalToNoise(middle(audio.channels[0]!, 300), middle(back.channels[0]!, 300))).toBeGreaterThan(
      70,
    );
  });

  test("the same rate changes nothing and copies", () => {
    const audio = noise(24_000, 2, 500);
    const same = resample(audio, 24_000);
    expect(same).toEqual(audio);
    expect(same.channels[0]).not.toBe(audio.channels[0]);
  });

  test("rates without a common factor need no table of a million phases", () => {
    const heard = resample(sine(999_983, 1000, 6000), 999_979).channels[0]!;
    const closedForm = sine(999_979, 1000, heard.length).channels[0]!;
    expect(signalToNoise(middle(closedForm, 100), middle(heard, 100))).toBeGreaterThan(70);
  });

  test("a wanted length stops reading the source", async () => {
    let read = 0;
    const endless = {
      sampleRate: 16_000,
      channelCount: 1,
      blocks: (async function* () {
        for (; ; read++) yield [new Float32Array(1000)];
      })(),
    };
    expect((await collect(resampleStream(endless, 8000, { length: 5000 }))).channels[0]!.length).toBe(5000);
    expect(read).toBeLessThan(13);
  });

  test("rates and lengths that are none are refused", () => {
    for (const rate of [0, -1, 0.5, Number.NaN]) {
      expect(() => resample(noise(8000, 1, 10), rate)).toThrow(expect.objectContaining({ code: "option" }));
    }
    expect(() => resample(noise(8000, 1, 10), 4000, { length: -1 })).toThrow(
      expect.objectContaining({ code: "option" }),
    );
    const uneven = { sampleRate: 8000, channels: [new Float32Array(2), new Float32Array(3)] };
    expect(() => resample(uneven, 4000)).toThrow(expect.objectContaining({ code: "shape" }));
  });
});
