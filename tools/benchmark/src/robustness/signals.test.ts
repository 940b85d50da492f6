import { createHash } from "node:crypto";
import { loudness, spectrogram, uniform } from "@nacre/metrics";
import type { Audio } from "@nacre/nacre";
import { beforeAll, expect, test } from "vitest";
import { cut } from "../../test/clips.js";
import { bandPassed, pinkNoise, whiteNoise } from "./noise.js";
import { robustnessSignals, type Signal } from "./signals.js";

let signals: Signal[];
let speech: Audio;
const samplesOf = (name: string) => signals.find((each) => each.name === name)!.sound.channels[0]!;

beforeAll(async () => {
  speech = await cut("speech", 0, 6);
  signals = robustnessSignals(speech, 1);
});

// Comparing samples one by one takes seconds.
const hashes = (list: readonly Signal[]) =>
  list.map(({ sound }) => createHash("sha256").update(sound.channels[0]!).digest("hex"));

/** Mean power, dB, of the bins from one frequency to another. */
function bandLevel(samples: Float32Array, sampleRate: number, from: number, to: number): number {
  const { levels, bins, frames } = spectrogram(samples, { window: 2048, hop: 1024 });
  const [first, last] = [from, to].map((hertz) => Math.round((hertz * 2048) / sampleRate));
  let sum = 0;
  for (let frame = 1; frame < frames - 2; frame++)
    for (let k = first!; k < last!; k++) sum += 10 ** (levels[frame * bins + k]! / 10);
  return 10 * Math.log10(sum / (frames - 3));
}

test("every sound lasts two seconds, has a name of its own, and is the same for the same seed", () => {
  expect(new Set(signals.map(({ name }) => name)).size).toBe(signals.length);
  for (const { sound, name } of signals)
    expect(
      sound.channels.map(({ length }) => length / sound.sampleRate),
      name,
    ).toEqual([2]);
  expect(hashes(robustnessSignals(speech, 1))).toEqual(hashes(signals));
  const changed = hashes(robustnessSignals(speech, 2)).filter((hash, i) => hash !== hashes(signals)[i]);
  expect(changed).toHaveLength(signals.filter(({ name }) => /^(white|pink|whisper)/.test(name)).length);
});

test("sounds that are named after a level have it", () => {
  for (const [name, level] of [
    ["white-10", -10],
    ["white-50", -50],
    ["pink-30", -30],
    ["speech-60", -60],
    ["square-100", 0],
    ["dc-half", -6.0206],
  ] as const)
    expect(loudness(samplesOf(name)), name).toBeCloseTo(level, 4);
  expect(samplesOf("clipped").filter((x) => Math.abs(x) === 1).length).toBeGreaterThan(500);
  expect(samplesOf("clicks").filter((x) => x !== 0)).toHaveLength(8);
});

test("white noise has the same power in equal bands, pink noise in equal octaves", () => {
  const white = whiteNoise(96_000, uniform(1));
  const pink = pinkNoise(96_000, uniform(1));
  const octaves = [500, 1000, 2000, 4000].map((from) =>
    [white, pink].map((x) => bandLevel(x, 24_000, from, 2 * from)),
  );
  for (const [i, [ofWhite, ofPink]] of octaves.slice(1).entries()) {
    expect(Math.abs(ofWhite! - octaves[i]![0]! - 10 * Math.log10(2))).toBeLessThan(0.5);
    expect(Math.abs(ofPink! - octaves[i]![1]!)).toBeLessThan(0.5);
  }
});

test("the telephone's band passes a sine within it and holds back one below and one above", () => {
  const through = (hertz: number) => {
    const sine = Float32Array.from({ length: 16_000 }, (_, n) =>
      Math.sin((2 * Math.PI * hertz * n) / 16_000),
    );
    return loudness(bandPassed(sine, 16_000, 300, 3400).subarray(800, 4000)) - loudness(sine);
  };
  for (const hertz of [400, 1000, 3300]) expect(Math.abs(through(hertz))).toBeLessThan(0.1);
  for (const hertz of [100, 200, 3500, 6000]) expect(through(hertz)).toBeLessThan(-40);
});

test("a whisper keeps the loudness and the spectrum's shape of the voice, and loses its pitch", () => {
  const [voice, whisper] = [samplesOf("speech"), samplesOf("whisper")];
  expect(Math.abs(loudness(whisper) - loudness(voice))).toBeLessThan(0.5);
  for (const from of [300, 600, 1200, 2400]) {
    const [before, after] = [voice, whisper].map((x) => bandLevel(x, 16_000, from, 2 * from));
    expect(Math.abs(after! - before!), `${from} Hz`).toBeLessThan(3);
  }
  expect(periodicity(voice)).toBeGreaterThan(0.6);
  expect(periodicity(whisper)).toBeLessThan(periodicity(voice) - 0.2);
});

/** Mean over loud frames of 40 ms of the largest normalized autocorrelation at 70 to 300 Hz. */
function periodicity(samples: Float32Array): number {
  const size = 640;
  const energy = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0);
  const found: number[] = [];
  const mean = energy(samples) / samples.length;
  for (let at = 0; at + size + 229 < samples.length; at += size) {
    const frame = samples.subarray(at, at + size);
    if (energy(frame) < size * mean) continue;
    let most = 0;
    for (let lag = 53; lag <= 229; lag++) {
      const later = samples.subarray(at + lag, at + lag + size);
      const dot = frame.reduce((sum, value, n) => sum + value * later[n]!, 0);
      most = Math.max(most, dot / Math.sqrt(energy(frame) * energy(later)));
    }
    found.push(most);
  }
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}
