import { expect, test } from "vitest";
import { integratedLoudness, kWeighting } from "./integrated-loudness.js";

const sine = (seconds: number, sampleRate: number, dBFS: number, hertz = 997) =>
  Float32Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, n) => 10 ** (dBFS / 20) * Math.sin((2 * Math.PI * hertz * n) / sampleRate),
  );

test("at 48 kHz the weighting has the coefficients of BS.1770's tables", () => {
  const [shelf, cut] = kWeighting(48_000);
  const expected = [
    1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585,
  ];
  for (const [i, value] of [...shelf.b, ...shelf.a].entries()) expect(value).toBeCloseTo(expected[i]!, 9);
  expect(cut.b).toEqual([1, -2, 1]);
  for (const [i, value] of [-1.99004745483398, 0.99007225036621].entries())
    expect(cut.a[i]).toBeCloseTo(value, 9);
});

test.each([16_000, 24_000, 44_100, 48_000])("a full sine of 997 Hz at %i Hz is -3.01 LUFS", (sampleRate) => {
  const channels = [sine(2, sampleRate, 0)];
  // Near half the rate a bilinear transform bends the shelf by a few hundredths of a dB.
  expect(Math.abs(integratedLoudness({ sampleRate, channels }) + 3.01)).toBeLessThan(0.05);
});

// EBU Tech 3341, table 1, cases 1 to 3: stereo sines of 1 kHz, in LUFS within .1.
test.each([
  ["a steady sine", [[20, -23]], -23],
  ["a quieter one", [[20, -33]], -33],
  [
    "quiet parts, which the relative gate leaves out",
    [
      [10, -36],
      [60, -23],
      [10, -36],
    ],
    -23,
  ],
  [
    "near silence, which the absolute gate leaves out",
    [
      [10, -72],
      [60, -23],
      [10, -72],
    ],
    -23,
  ],
] as [string, [number, number][], number][])("of %s", (_, parts, expected) => {
  const sampleRate = 8000;
  const whole = parts.flatMap(([seconds, level]) => [...sine(seconds, sampleRate, level, 1000)]);
  const one = Float32Array.from(whole);
  expect(Math.abs(integratedLoudness({ sampleRate, channels: [one, one] }) - expected)).toBeLessThan(0.1);
});

test("silence and a sound shorter than a block have none", () => {
  expect(integratedLoudness({ sampleRate: 8000, channels: [new Float32Array(8000)] })).toBe(
    Number.NEGATIVE_INFINITY,
  );
  expect(integratedLoudness({ sampleRate: 8000, channels: [sine(0.39, 8000, 0)] })).toBeNaN();
});
