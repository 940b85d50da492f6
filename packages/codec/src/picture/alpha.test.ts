import { expect, test } from "vitest";
import { codeOf, seededRandom } from "../../test/tiny.js";
import { decodePlane, encodePlane } from "./alpha.js";

const random = seededRandom(4);
const size = { width: 61, height: 47 };
const length = size.width * size.height;
const at = (n: number) => ({ x: n % size.width, y: Math.floor(n / size.width) });
const distance = (n: number) => Math.hypot(at(n).x - 30, at(n).y - 20);
const clipped = (value: number) => Math.max(0, Math.min(255, Math.round(value)));

const planes: Record<string, Uint8Array> = {
  noise: Uint8Array.from({ length }, () => 256 * random()),
  disc: Uint8Array.from({ length }, (_, n) => clipped(128 + 200 * (15 - distance(n)))),
  fading: Uint8Array.from({ length }, (_, n) => clipped(255 - 4 * distance(n))),
  "one odd sample": new Uint8Array(length).fill(255).fill(7, 1000, 1001),
};

test.each(Object.entries(planes))("%s comes back, in 8 and in 16 bits", (_, plane) => {
  expect(decodePlane(encodePlane(plane, size.width), { ...size, bitDepth: 8 })).toEqual(plane);
  const deep = Uint16Array.from(plane, (value, n) => (value * 257 + 31 * n) & 65_535);
  expect(decodePlane(encodePlane(deep, size.width), { ...size, bitDepth: 16 })).toEqual(deep);
});

test("planes of one value take a few bytes, soft edges a fraction of theirs, noise no more than its own", () => {
  expect(encodePlane(new Uint8Array(length).fill(255), size.width).length).toBe(2);
  expect(encodePlane(new Uint16Array(length).fill(65_535), size.width).length).toBe(8);
  expect(encodePlane(planes["one odd sample"]!, size.width).length).toBeLessThan(16);
  expect(encodePlane(planes.disc!, size.width).length).toBeLessThan(length / 8);
  expect(encodePlane(planes.noise!, size.width).length).toBe(1 + length);
  const widened = Uint16Array.from(planes.disc!, (value) => value * 257);
  expect(encodePlane(widened, size.width).length).toBe(encodePlane(planes.disc!, size.width).length + 6);
});

test("bytes of no plane are refused", async () => {
  const whole = encodePlane(planes.fading!, size.width);
  for (const bytes of [
    whole.subarray(0, -1),
    Uint8Array.of(),
    Uint8Array.of(2, 0),
    Uint8Array.of(3, 0),
    Uint8Array.of(0),
  ]) {
    expect(await codeOf(() => decodePlane(bytes, { ...size, bitDepth: 8 }))).toBe("bitstream");
  }
  const far = Uint8Array.of(255, 255, 255, 255, 0);
  expect(await codeOf(() => decodePlane(far, { ...size, bitDepth: 16 }))).toBe("bitstream");
});
