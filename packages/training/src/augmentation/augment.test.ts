import { describe, expect, test } from "vitest";
import { seededRandom, tone } from "../../test/sounds.js";
import { type Augmentation, augment } from "./augment.js";
import { highPassed, lowPassed, telephoned } from "./bands.js";
import { checkAugmentation } from "./check.js";
import { noiseOf } from "./noise.js";
import { powerOf } from "./power.js";

const rate = 24_000;
const none = () => {
  throw new Error("no second crop is wanted");
};
const decibels = (ratio: number) => 10 * Math.log10(ratio);
const difference = (a: Float32Array, b: Float32Array) => a.map((x, i) => x - b[i]!);

function augmented(crop: Float32Array, parts: Augmentation, seed = 1, another: () => Float32Array = none) {
  const changed = crop.slice();
  augment(changed, parts, rate, seededRandom(seed), another);
  return changed;
}

/** |H|^2 at a frequency, of an impulse response. */
function responseAt(impulse: Float32Array, hertz: number): number {
  const turn = (2 * Math.PI * hertz) / rate;
  let [real, imaginary] = [0, 0];
  for (let i = 0; i < impulse.length; i++) {
    real += impulse[i]! * Math.cos(turn * i);
    imaginary -= impulse[i]! * Math.sin(turn * i);
  }
  return real * real + imaginary * imaginary;
}

/** A sine through a band; its gain in dB, away from the ends. */
function gainOf(band: (samples: Float32Array) => Float32Array, hertz: number): number {
  const sine = Float32Array.from({ length: 12_000 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));
  return decibels(powerOf(band(sine).subarray(3000, 9000)) / powerOf(sine.subarray(3000, 9000)));
}

describe("mixing", () => {
  test("adds the second crop itself, at the level that was drawn against the first", () => {
    const [first, second] = [tone(1, 4000), tone(2, 4000)];
    for (const seed of [1, 2, 3, 4]) {
      const added = difference(
        augmented(first, { mix: { chance: 1, level: [-12, -3] } }, seed, () => second),
        first,
      );
      const level = decibels(powerOf(added) / powerOf(first));
      expect(level).toBeGreaterThan(-12.01);
      expect(level).toBeLessThan(-2.99);
      const factor = Math.sqrt(powerOf(added) / powerOf(second));
      for (let i = 0; i < added.length; i += 97) expect(added[i]).toBeCloseTo(factor * second[i]!, 5);
    }
  });

  test("leaves a crop alone when it or the second one is silent", () => {
    const [sound, silence] = [tone(1, 1000), new Float32Array(1000)];
    const mix = { chance: 1, level: [0, 0] as const };
    expect(augmented(sound, { mix }, 1, () => silence)).toEqual(sound);
    expect(augmented(silence, { mix }, 1, () => sound)).toEqual(silence);
  });
});

describe("noise", () => {
  test("lies as far below the sound as was drawn, and is new for other numbers", () => {
    const sound = tone(1, 8000);
    const noises = [1, 2, 3, 4, 5, 6].map((seed) =>
      difference(augmented(sound, { noise: { chance: 1, snr: [20, 20] } }, seed), sound),
    );
    for (const noise of noises) expect(decibels(powerOf(sound) / powerOf(noise))).toBeCloseTo(20, 2);
    expect(noises[0]).not.toEqual(noises[1]);
  });

  test("is not added to silence", () => {
    const silence = new Float32Array(500);
    expect(augmented(silence, { noise: { chance: 1, snr: [0, 0] } })).toEqual(silence);
  });

  test("that is white has all its power in steps that know nothing of each other", () => {
    const noise = noiseOf("white", 50_000, rate, seededRandom(1));
    for (const lag of [1, 2, 3, 10]) {
      const product = noise.subarray(lag).map((x, i) => x * noise[i]!);
      expect(Math.abs(product.reduce((sum, x) => sum + x, 0) / 50_000 / powerOf(noise))).toBeLessThan(0.02);
    }
  });

  test("that is pink falls by 3 dB an octave from 20 Hz to a third of the sample rate, to a decibel", () => {
    // An impulse in place of the white noise: 1 is drawn first and 0 afterwards.
    let drawn = 0;
    const impulse = noiseOf("pink", 2 * rate, rate, () => (drawn++ === 0 ? 1 : 0.5));
    const levels = [20, 30, 60, 120, 250, 500, 1000, 2000, 4000, 8000].map((hertz) =>
      decibels(responseAt(impulse, hertz) * hertz),
    );
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    for (const level of levels) expect(Math.abs(level - mean)).toBeLessThan(1);
  });
});

describe("bands", () => {
  test("a low-pass keeps what is below nine tenths of its cut-off, and nothing above it, without delay", () => {
    for (const cutoff of [4000, 5500, 10_000]) {
      const band = (samples: Float32Array) => lowPassed(samples, rate, cutoff);
      expect(Math.abs(gainOf(band, 0.88 * cutoff))).toBeLessThan(0.01);
      expect(gainOf(band, 1.02 * cutoff)).toBeLessThan(-75);
    }
    const slow = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i / 20));
    const found = lowPassed(slow, rate, 4000);
    expect(found).toHaveLength(3000);
    for (let i = 500; i < 2500; i++) expect(found[i]).toBeCloseTo(slow[i]!, 3);
  });

  test("the high-pass is Butterworth's of second order under the bilinear transform", () => {
    const impulse = new Float32Array(8000);
    impulse[0] = 1;
    const response = highPassed(impulse, rate, 300);
    const warped = (hertz: number) => Math.tan((Math.PI * hertz) / rate);
    for (const hertz of [30, 100, 300, 1000, 6000, 11_000]) {
      const wanted = 1 / (1 + (warped(300) / warped(hertz)) ** 4);
      expect(responseAt(response, hertz) / wanted).toBeCloseTo(1, 3);
    }
  });

  test("a telephone keeps the middle of 300 to 3400 Hz, and little or nothing beside it", () => {
    const band = (samples: Float32Array) => telephoned(samples, rate);
    for (const hertz of [1000, 2000, 3300]) expect(Math.abs(gainOf(band, hertz))).toBeLessThan(0.1);
    expect(gainOf(band, 300)).toBeCloseTo(-3.01, 1);
    expect(gainOf(band, 75)).toBeLessThan(-23);
    expect(gainOf(band, 3800)).toBeLessThan(-75);
  });
});

test("each part happens as often as its chance says, whatever the others do", () => {
  const sound = tone(1, 600);
  const parts: Augmentation = { noise: { chance: 0, snr: [0, 0] }, telephone: { chance: 0.25 } };
  const happened = Array.from(
    { length: 1000 },
    (_, seed) => augmented(sound, parts, seed + 1)[100] !== sound[100],
  );
  expect(Math.abs(happened.filter(Boolean).length / 1000 - 0.25)).toBeLessThan(0.04);
});

test("all parts together leave numbers that are finite", () => {
  const parts: Augmentation = {
    mix: { chance: 1, level: [-15, 0] },
    noise: { chance: 1, snr: [10, 40] },
    lowPass: { chance: 1, cutoffs: [4000, 8000] },
    telephone: { chance: 1 },
  };
  const found = augmented(tone(1, 6000), parts, 1, () => tone(2, 6000));
  expect(found.every(Number.isFinite)).toBe(true);
  expect(powerOf(found)).toBeGreaterThan(0);
});

test.each<[string, Augmentation]>([
  ["chance 1.5", { telephone: { chance: 1.5 } }],
  ['"lowpass"', JSON.parse('{"lowpass": {"chance": 1, "cutoffs": [4000]}}')],
  ["chance NaN", { telephone: { chance: Number.NaN } }],
  ["3 .. -3 dB", { mix: { chance: 1, level: [3, -3] } }],
  ["-Infinity .. 0 dB", { noise: { chance: 1, snr: [Number.NEGATIVE_INFINITY, 0] } }],
  ["no frequency", { lowPass: { chance: 1, cutoffs: [] } }],
  ["12000 Hz", { lowPass: { chance: 1, cutoffs: [4000, 12_000] } }],
  ["440.5 Hz", { lowPass: { chance: 1, cutoffs: [440.5] } }],
])("an augmentation with %s is refused", (found, parts) => {
  expect(() => checkAugmentation(parts, rate)).toThrow(
    expect.objectContaining({ code: "option", message: expect.stringContaining(found) }),
  );
});
