import { isNacreError } from "@nacre/errors";
import { expect, test } from "vitest";
import { degraded, noise, speechLike } from "../test/signal.js";
import {
  audioMetrics,
  estoi,
  logSpectralDistance,
  loudness,
  melDistance,
  siSdr,
  snr,
  spectrogram,
  stoi,
} from "./index.js";

// Made by PyPI pystoi 0.4.1 (stoi, extended) and by numpy 2.4 from the formulas (mel: explicit filter matrix and
// numpy.fft; siSdr), on speechLike(3, rate) against degraded(it, amplitude).
const expected = [
  {
    rate: 10000,
    amplitude: 0.02,
    stoi: 0.9953416923574526,
    estoi: 0.8174809998067784,
    mel: 1.047552313122732,
    siSdr: 16.987548114,
  },
  {
    rate: 10000,
    amplitude: 0.2,
    stoi: 0.7314226944005177,
    estoi: 0.2198753366699778,
    mel: 1.783555783193607,
    siSdr: -3.056936722,
  },
  {
    rate: 24000,
    amplitude: 0.02,
    stoi: 0.996731183202757,
    estoi: 0.8393006858897523,
    mel: 1.0190977668969858,
    siSdr: 16.98196312,
  },
  {
    rate: 44100,
    amplitude: 0.2,
    stoi: 0.8328768747765161,
    estoi: 0.1542051960182737,
    mel: 1.6423294869974459,
    siSdr: -3.072407197,
  },
];

test.each(expected)(
  "stoi, estoi, mel distance and SI-SDR at $rate Hz, noise $amplitude, are what the reference programs say",
  (row) => {
    const clean = speechLike(3, row.rate);
    const noisy = degraded(clean, row.amplitude);
    // The sines of two mathematical libraries differ in the last bit, hence not more digits.
    expect(stoi(clean, noisy, row.rate)).toBeCloseTo(row.stoi, 7);
    expect(estoi(clean, noisy, row.rate)).toBeCloseTo(row.estoi, 7);
    expect(melDistance(clean, noisy, row.rate)).toBeCloseTo(row.mel, 7);
    expect(siSdr(clean, noisy)).toBeCloseTo(row.siSdr, 6);
  },
);

test("every measure finds little noise better than much, and equal signals best", () => {
  const clean = speechLike(1.5, 16000);
  for (const { name, better, measure } of audioMetrics) {
    const values = [0.3, 0.03, 0.003].map((a) => measure(clean, degraded(clean, a), 16000));
    values.push(measure(clean, clean, 16000));
    const ordered = values.toSorted((a, b) => (better === "higher" ? a - b : b - a));
    expect(values, name).toEqual(ordered);
    expect(new Set(values).size, name).toBe(4);
  }
});

test("SI-SDR ignores level and mean, SNR does not", () => {
  const clean = Float32Array.from(noise(4096, 3));
  const noisy = degraded(clean, 0.1);
  const louder = noisy.map((x) => 2 * x + 0.5);
  expect(siSdr(clean, louder)).toBeCloseTo(siSdr(clean, noisy), 4);
  expect(snr(clean, louder)).toBeLessThan(snr(clean, noisy) - 10);
});

test("SI-SDR of signal plus orthogonal noise of a tenth of the amplitude is 20 dB", () => {
  const at = (phase: (t: number) => number) =>
    Float32Array.from({ length: 1000 }, (_, i) => phase((2 * Math.PI * i) / 100));
  const mixed = at((t) => Math.sin(t) + 0.1 * Math.cos(t));
  expect(siSdr(at(Math.sin), mixed)).toBeCloseTo(20, 4);
  expect(snr(at(Math.sin), mixed)).toBeCloseTo(20, 4);
});

test("silence and perfection have the documented answers", () => {
  const silent = new Float32Array(8000);
  const voice = speechLike(1, 8000);
  expect(siSdr(voice, voice)).toBe(Number.POSITIVE_INFINITY);
  expect(siSdr(voice, silent)).toBe(Number.NEGATIVE_INFINITY);
  expect(siSdr(silent, voice)).toBeNaN();
  expect(siSdr(silent, silent)).toBeNaN();
  expect(snr(voice, voice)).toBe(Number.POSITIVE_INFINITY);
  expect(snr(silent, voice)).toBe(Number.NEGATIVE_INFINITY);
  expect(snr(silent, silent)).toBeNaN();
  expect(melDistance(silent, silent, 8000)).toBe(0);
  expect(logSpectralDistance(silent, silent)).toBe(0);
  expect(stoi(voice.subarray(0, 2000), voice.subarray(0, 2000), 8000)).toBeNaN();
  expect(loudness(silent)).toBe(Number.NEGATIVE_INFINITY);
});

test("signals of any short length, one sample and none included, are measured without an exception", () => {
  for (const length of [0, 1, 2, 3, 31, 33, 257]) {
    const signal = Float32Array.from(noise(length, 4));
    for (const { measure } of audioMetrics) expect(typeof measure(signal, signal, 8000)).toBe("number");
  }
});

test("a scale of ten moves the mel distance by one (log10) where no band is at the floor", () => {
  const loud = Float32Array.from(noise(8192, 5));
  expect(
    melDistance(
      loud,
      loud.map((x) => x / 10),
      48000,
    ),
  ).toBeGreaterThan(0.9);
  expect(
    melDistance(
      loud,
      loud.map((x) => x / 10),
      48000,
    ),
  ).toBeLessThanOrEqual(1.0001);
  expect(
    logSpectralDistance(
      loud,
      loud.map((x) => x / 10),
    ),
  ).toBeCloseTo(20, 3);
});

test("a full-scale sine is 0 dB in its own bin of the spectrogram and -3.01 dBFS", () => {
  const sine = Float32Array.from({ length: 4096 }, (_, i) => Math.sin((2 * Math.PI * 32 * i) / 512));
  const { levels, frames, bins } = spectrogram(sine, { window: 512, hop: 128 });
  expect([frames, bins]).toEqual([32, 257]);
  const middle = levels.subarray(16 * bins, 17 * bins);
  expect(middle.indexOf(Math.max(...middle))).toBe(32);
  expect(middle[32]).toBeCloseTo(0, 4);
  expect(middle[100]).toBeLessThan(-100);
  expect(loudness(sine)).toBeCloseTo(-3.0103, 4);
});

test("wrong lengths, rates and windows are errors with a code", () => {
  const [a, b] = [new Float32Array(10), new Float32Array(11)];
  const codeOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return isNacreError(error) && error.code;
    }
    return "no error";
  };
  for (const { name, measure } of audioMetrics)
    expect(
      codeOf(() => measure(a, b, 8000)),
      name,
    ).toBe("shape");
  expect(codeOf(() => stoi(a, a, 0))).toBe("option");
  expect(codeOf(() => melDistance(a, a, 44100.5))).toBe("option");
  expect(codeOf(() => spectrogram(a, { window: 100, hop: 1 }))).toBe("option");
  expect(codeOf(() => spectrogram(a, { window: 128, hop: 0 }))).toBe("option");
});
