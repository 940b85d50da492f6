import type { Picture } from "@nacre/signal";
import { expect, test } from "vitest";
import { pixelsOf, reduced, reductionOf } from "./reduce.js";

const grid = (width: number, height: number, value: (x: number, y: number, colour: number) => number) => ({
  width,
  height,
  data: Uint8Array.from({ length: 3 * width * height }, (_, i) =>
    value(Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3),
  ),
});

test.each([
  [2500, 2000, 2],
  [2501, 2000, 3],
  [4000, 3000, 3],
  [4001, 3000, 4],
  [100, 100, 2],
])("a picture of %i x %i is made %3$i times smaller", (width, height, factor) => {
  expect(reductionOf({ width, height })).toBe(factor);
});

test.each([2, 3, 4])("made %i times smaller, a ramp is the ramp between its samples", async (factor) => {
  const small = await reduced(
    grid(240, 120, (x, y, colour) => [x, 2 * y, 255 - x][colour]!),
    factor,
  );
  expect([small.width, small.height]).toEqual([240 / factor, 120 / factor]);
  const middle = (at: number) => factor * (at + 0.5) - 0.5;
  let inner = 0;
  for (let y = 4; y < small.height - 4; y++) {
    for (let x = 4; x < small.width - 4; x++, inner++) {
      const wanted = [middle(x), 2 * middle(y), 255 - middle(x)];
      for (const [colour, value] of wanted.entries())
        expect(Math.abs(small.data[3 * (y * small.width + x) + colour]! - value)).toBeLessThanOrEqual(1);
    }
  }
  expect(inner).toBeGreaterThan(1000);
});

test.each([2, 3, 4])("made %i times smaller, what is finer than a pixel is gone", async (factor) => {
  const { width, height, data } = await reduced(
    grid(240, 120, (x, y) => ((x + y) % 2 === 0 ? 40 : 200)),
    factor,
  );
  for (let y = 4; y < height - 4; y++) {
    const row = data.subarray(3 * (y * width + 4), 3 * (y * width + width - 4));
    for (const value of row) expect(Math.abs(value - 120)).toBeLessThanOrEqual(8);
  }
});

test("sides are rounded to the nearest pixel, and a factor of 1 changes nothing", async () => {
  const picture = grid(11, 6, (x, y, colour) => 20 * x + y + colour);
  expect(await reduced(picture, 4)).toMatchObject({ width: 3, height: 2 });
  expect(await reduced(picture, 1)).toEqual(picture);
});

test("planes become pixels: 16 bits rounded to the nearest of 8, grey as three equal colours", () => {
  const about = { width: 2, height: 1, colour: "rgb", bitDepth: 8 } as const;
  const rgb: Picture = { ...about, planes: [Uint8Array.of(1, 2), Uint8Array.of(3, 4), Uint8Array.of(5, 6)] };
  expect([...pixelsOf(rgb).data]).toEqual([1, 3, 5, 2, 4, 6]);
  const planes = [Uint16Array.of(0, 65535), Uint16Array.of(128, 129), Uint16Array.of(257 * 7, 257 * 7 - 129)];
  expect([...pixelsOf({ ...rgb, bitDepth: 16, planes }).data]).toEqual([0, 0, 7, 255, 1, 6]);
  const grey = pixelsOf({ ...about, colour: "grey", planes: [Uint8Array.of(9, 8)] });
  expect(grey).toEqual({ width: 2, height: 1, data: Uint8Array.of(9, 9, 9, 8, 8, 8) });
});
