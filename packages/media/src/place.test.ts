import { describe, expect, test } from "vitest";
import { randomFrom } from "../test/sounds.js";
import { advance, outputLength, outputsBefore, type Ratio } from "./place.js";

const ratios: [name: string, ratio: Ratio][] = [
  ["44.1 to 24 kHz", { up: 80, down: 147 }],
  ["44100 to 44101 Hz", { up: 44_101, down: 44_100 }],
  ["768 to 8 kHz", { up: 1, down: 96 }],
  ["1 Hz to 768 kHz", { up: 768_000, down: 1 }],
  ["two primes of 32 bits", { up: 4_294_967_279, down: 4_294_967_291 }],
];
// Past 32 bits after a day at 48 kHz; the last is three hundred years of it.
const lengths = [1, 147, 2 ** 31, 2 ** 32 + 1, 2 ** 40 + 77, 2 ** 48 - 3];

const ceilOf = (a: bigint, b: bigint) => (a + b - 1n) / b;
const up = (ratio: Ratio) => BigInt(ratio.up);
const down = (ratio: Ratio) => BigInt(ratio.down);

for (const [name, ratio] of ratios) {
  describe(name, () => {
    test("output m stands at m * down / up exactly, however it is reached", () => {
      const random = randomFrom(3);
      let place = { whole: 0, phase: 0 };
      let made = 0n;
      for (let jump = 0; jump < 3000; jump++) {
        const count = Math.floor(2 ** (random() * 44 - 2 * Math.max(0, Math.log2(ratio.down / ratio.up))));
        place = advance(place, count, ratio);
        made += BigInt(count);
        expect(BigInt(place.whole) * up(ratio) + BigInt(place.phase)).toBe(made * down(ratio));
        expect(place.phase).toBeLessThan(ratio.up);
      }
      expect(Math.max(place.whole, Number(made))).toBeGreaterThan(2 ** 40);
    });

    test("the length is ceil(length * up / down) far beyond 32 bits", () => {
      for (const length of lengths) {
        const exact = ceilOf(BigInt(length) * up(ratio), down(ratio));
        expect(BigInt(outputLength(length, ratio))).toBe(BigInt(Number(exact)));
      }
    });

    test("outputs before an input end where the next one would stand at it or behind", () => {
      for (const whole of lengths) {
        for (const room of [1, 2, 4096, 2 ** 20 + 1]) {
          const place = { whole, phase: Math.floor(ratio.up / 3) };
          const count = outputsBefore(whole + room, place, ratio);
          expect(advance(place, count, ratio).whole).toBeGreaterThanOrEqual(whole + room);
          if (count > 0) expect(advance(place, count - 1, ratio).whole).toBeLessThan(whole + room);
        }
        expect(outputsBefore(whole, { whole, phase: 0 }, ratio)).toBe(0);
        expect(outputsBefore(whole - 5, { whole, phase: 0 }, ratio)).toBe(0);
      }
    });
  });
}
