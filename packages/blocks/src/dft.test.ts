import { isNacreError } from "@nacre/errors";
import { concat, input, reshape } from "@nacre/graph";
import { expect, test } from "vitest";
import { distance, noise, run } from "../test/run.js";
import { binCount, dft, hannWindow, inverseDft, overlapAdd, windowedFrames } from "./index.js";

test("a frame ends with its own hop and sees zeros before the signal", async () => {
  const samples = Float32Array.from({ length: 8 }, (_, n) => n + 1);
  const frames = await run([1, 8], samples, (x) => windowedFrames(x, { window: 6, hop: 2 }));
  expect([...frames]).toEqual([
    ...[0, 0, 0, 0, 1, 2],
    ...[0, 0, 1, 2, 3, 4],
    ...[1, 2, 3, 4, 5, 6],
    ...[3, 4, 5, 6, 7, 8],
  ]);
});

test("sequences of a batch do not touch", async () => {
  const samples = noise(2 * 12);
  const framing = { window: 6, hop: 2 };
  const both = await run([2, 12], samples, (x) => windowedFrames(x, framing));
  const second = await run([1, 12], samples.slice(12), (x) => windowedFrames(x, framing));
  expect([...both.slice(36)]).toEqual([...second]);
});

test("samples that are not whole hops are refused", () => {
  for (const shape of [[1, 7], [8], [1, 2, 4]]) {
    let code = "accepted";
    try {
      windowedFrames(input("x", "float32", shape), { window: 6, hop: 2 });
    } catch (error) {
      if (isNacreError(error)) code = error.code;
    }
    expect(code).toBe("shape");
  }
});

test.each([1, 2, 3, 7])(
  "overlapAdd adds every sample of %i frames where its frame was taken",
  async (count) => {
    const [window, hop] = [12, 4];
    const frames = noise(2 * count * window);
    const found = await run([2, count, window], frames, (x) => overlapAdd(x, { window, hop }));
    const expected = new Float64Array(2 * count * hop);
    for (let row = 0; row < 2; row += 1) {
      for (let t = 0; t < count; t += 1) {
        for (let n = 0; n < window; n += 1) {
          const place = (t + 1) * hop - window + n;
          if (place >= 0) expected[row * count * hop + place]! += frames[(row * count + t) * window + n]!;
        }
      }
    }
    expect(distance(found, expected)).toBeLessThan(1e-6);
  },
);

test("dft is the windowed sum of its definition, phase counted from the middle", async () => {
  const [rows, window] = [3, 20];
  const bins = binCount(window);
  const data = noise(rows * window);
  const found = await run([rows, window], data, (x) => {
    const { real, imaginary } = dft(x);
    return concat([real, imaginary], 1);
  });
  const hann = hannWindow(window);
  const expected = new Float64Array(rows * 2 * bins);
  for (let row = 0; row < rows; row += 1) {
    for (let k = 0; k < bins; k += 1) {
      for (let n = 0; n < window; n += 1) {
        const angle = (-2 * Math.PI * k * (n - window / 2)) / window;
        const value = hann[n]! * data[row * window + n]!;
        expected[row * 2 * bins + k]! += value * Math.cos(angle);
        expected[row * 2 * bins + bins + k]! += value * Math.sin(angle);
      }
    }
  }
  expect(distance(found, expected)).toBeLessThan(1e-5);
});

test("a sine of amplitude 1 on a bin peaks at window / 4 there", async () => {
  const window = 64;
  const sine = Float32Array.from({ length: window }, (_, n) => Math.sin((2 * Math.PI * 5 * n) / window));
  const [real, imaginary] = await Promise.all([
    run([1, window], sine, (x) => dft(x).real),
    run([1, window], sine, (x) => dft(x).imaginary),
  ]);
  expect(Math.hypot(real[5]!, imaginary[5]!)).toBeCloseTo(window / 4, 4);
  expect(Math.hypot(real[9]!, imaginary[9]!)).toBeCloseTo(0, 4);
});

test.each([
  { window: 960, hop: 320 },
  { window: 24, hop: 6 },
  { window: 30, hop: 6 },
])("analysis, synthesis and overlap-add give back the signal for $window / $hop", async (framing) => {
  const { window, hop } = framing;
  const frames = 12;
  const signal = noise(2 * frames * hop);
  const found = await run([2, frames * hop], signal, (x) => {
    const framed = reshape(windowedFrames(x, framing), [2 * frames, window]);
    return overlapAdd(reshape(inverseDft(dft(framed), framing), [2, frames, window]), framing);
  });
  // The last window - hop samples lack the frames that would follow.
  const whole = frames * hop - (window - hop);
  for (const start of [0, frames * hop]) {
    expect(distance(found.slice(start, start + whole), signal.slice(start, start + whole))).toBeLessThan(
      2e-6,
    );
  }
});

test("Hann windows sum to m / 2 and their squares to 3 m / 8, m hops in a window", () => {
  for (const m of [3, 4, 5]) {
    const window = 8 * m * 2;
    const hann = hannWindow(window);
    for (let n = 0; n < window / m; n += 1) {
      const at = Array.from({ length: m }, (_, i) => hann[n + (i * window) / m]!);
      expect(at.reduce((sum, h) => sum + h, 0)).toBeCloseTo(m / 2, 12);
      expect(at.reduce((sum, h) => sum + h * h, 0)).toBeCloseTo((3 * m) / 8, 12);
    }
  }
});
