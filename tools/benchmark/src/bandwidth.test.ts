import { resample } from "@nacre/media";
import { uniform } from "@nacre/metrics";
import type { Audio } from "@nacre/nacre";
import { expect, test } from "vitest";
import { bandHertz, bandwidth } from "./bandwidth.js";

const random = uniform(3);
const white: Audio = {
  sampleRate: 24_000,
  channels: [Float32Array.from({ length: 48_000 }, () => 0.2 * (2 * random() - 1))],
};
const through = (sound: Audio, sampleRate: number) =>
  resample(resample(sound, sampleRate), sound.sampleRate, { length: sound.channels[0]!.length });
const scaled = ({ sampleRate, channels }: Audio, gain: number): Audio => ({
  sampleRate,
  channels: channels.map((samples) => samples.map((x) => gain * x)),
});

test.each([8000, 12_000, 16_000])("noise brought to %i Hz and back keeps half of that", (sampleRate) => {
  // The converter's last tenth falls off.
  const hertz = bandwidth(white, through(white, sampleRate));
  expect(hertz).toBeGreaterThanOrEqual(0.45 * sampleRate - bandHertz);
  expect(hertz).toBeLessThanOrEqual(sampleRate / 2);
});

test("a sound keeps itself, up to where it ends", () => {
  expect(bandwidth(white, white)).toBe(12_000);
  const narrow = through(white, 8000);
  expect(bandwidth(narrow, narrow)).toBeLessThanOrEqual(4500);
  expect(bandwidth(narrow, narrow)).toBeGreaterThanOrEqual(3500);
});

test("a level within 10 dB is kept, up and down, one beyond is lost", () => {
  for (const dB of [-9.5, 9.5]) expect(bandwidth(white, scaled(white, 10 ** (dB / 20)))).toBe(12_000);
  for (const dB of [-10.5, 10.5]) expect(bandwidth(white, scaled(white, 10 ** (dB / 20)))).toBe(0);
});

test("channels are averaged, and silence has no bandwidth", () => {
  const silent = new Float32Array(48_000);
  const narrow = through(white, 8000);
  const both = { sampleRate: 24_000, channels: [white.channels[0]!, white.channels[0]!] };
  const half = { sampleRate: 24_000, channels: [white.channels[0]!, narrow.channels[0]!] };
  expect(bandwidth(both, half)).toBe((12_000 + bandwidth(white, narrow)) / 2);
  const oneSilent = { sampleRate: 24_000, channels: [white.channels[0]!, silent] };
  expect(bandwidth(oneSilent, oneSilent)).toBe(12_000);
  const none = { sampleRate: 24_000, channels: [silent] };
  expect(bandwidth(none, none)).toBeNaN();
});
