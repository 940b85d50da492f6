import { gradient, input, type Tensor } from "@nacre/graph";
import { describe, expect, test } from "vitest";
import {
  plainFilters,
  plainIntelligibility,
  plainMelLoss,
  plainSiSdr,
  plainWaveform,
} from "../../test/plain-losses.js";
import { dot, openGraph } from "../../test/run-graph.js";
import { noise, seededRandom, tone } from "../../test/sounds.js";
import { intelligibilityLoss, shortestIntelligible } from "./intelligibility.js";
import { melFilters, melLoss, melScales } from "./mel.js";
import { siSdrLoss, waveformLoss } from "./waveform.js";

const sampleRate = 24_000;
const [batch, length] = [2, 2560];
const random = seededRandom(7);
const reference = Float32Array.from([...tone(1, length), ...tone(2, length)]);
// Near the reference in the first item, far in the second, with a stretch of silence.
const estimate = reference.map((x, i) => 0.8 * x + (i < length ? 0.01 : 0.3) * (2 * random() - 1));
estimate.fill(0, length + 500, length + 1000);

const items = (flat: ArrayLike<number>) =>
  Array.from({ length: batch }, (_, i) => Float64Array.from({ length }, (_, t) => flat[i * length + t]!));

/** Value and slope of a loss graph at the estimate. */
async function run(build: (reference: Tensor, estimate: Tensor) => Tensor) {
  const [a, b] = ["a", "b"].map((name) => input(name, "float32", [batch, length])) as [Tensor, Tensor];
  const value = build(a, b);
  const call = await openGraph([a, b], { value, slope: gradient(value, [b])[0]! });
  const { value: found, slope } = await call(reference, estimate);
  return { value: found![0]!, slope: slope! };
}

/** Compares a slope with central differences of the plain loss along random directions. */
function expectSlope(slope: Float32Array, loss: (estimate: Float64Array[]) => number, directions = 3) {
  for (let each = 0; each < directions; each++) {
    const way = noise(random, batch * length);
    const moved = (step: number) => loss(items(Float64Array.from(estimate, (x, i) => x + step * way[i]!)));
    const expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
    const size = Math.sqrt((dot(slope, slope) * dot(way, way)) / slope.length);
    expect(Math.abs(dot(slope, way) - expected)).toBeLessThan(2e-3 * size);
  }
}

describe("the mel loss", () => {
  test.each(melScales)(
    "at a window of $window is the one in plain loops, and so is its slope",
    async (scale) => {
      const found = await run((a, b) => melLoss(a, b, sampleRate, [scale]));
      const plain = plainMelLoss(items(reference), scale, sampleRate);
      expect(found.value / plain(items(estimate))).toBeCloseTo(1, 4);
      expectSlope(found.slope, plain);
    },
  );

  test("over all scales is the mean of them", async () => {
    const { value } = await run((a, b) => melLoss(a, b, sampleRate));
    const each = melScales.map((scale) => plainMelLoss(items(reference), scale, sampleRate)(items(estimate)));
    expect(value / (each.reduce((a, b) => a + b) / each.length)).toBeCloseTo(1, 4);
  });

  test("of a sound with itself is zero", async () => {
    const a = input("a", "float32", [batch, length]);
    const call = await openGraph([a], { value: melLoss(a, a, sampleRate) });
    expect((await call(reference)).value![0]).toBe(0);
  });

  test.each(melScales)("has Slaney's filters at $window", ({ window, mels }) => {
    const plain = plainFilters(window, mels, sampleRate);
    const found = melFilters(window, mels, sampleRate);
    const apart = found.flatMap((filter, mel) =>
      Array.from(filter, (x, bin) => Math.abs(x - plain[mel]![bin]!)),
    );
    expect(apart).toHaveLength(mels * (window / 2 + 1));
    expect(apart.reduce((a, b) => Math.max(a, b))).toBeLessThan(1e-12);
  });
});

describe("the losses of samples", () => {
  test("waveform: value and slope", async () => {
    const found = await run(waveformLoss);
    expect(found.value).toBeCloseTo(plainWaveform(items(reference), items(estimate)), 5);
    // |x| has a kink where the two are equal; none is.
    expectSlope(found.slope, (moved) => plainWaveform(items(reference), moved));
  });

  test("SI-SDR: value and slope", async () => {
    const found = await run(siSdrLoss);
    expect(found.value).toBeCloseTo(plainSiSdr(items(reference), items(estimate)), 3);
    expectSlope(found.slope, (moved) => plainSiSdr(items(reference), moved));
  });

  test("SI-SDR does not hear a gain", async () => {
    const quiet = await run((a, b) => siSdrLoss(a, b));
    const [a, b] = ["a", "b"].map((name) => input(name, "float32", [batch, length])) as [Tensor, Tensor];
    const call = await openGraph([a, b], { value: siSdrLoss(a, b) });
    const loud = await call(
      reference,
      estimate.map((x) => 3 * x),
    );
    expect(loud.value![0]).toBeCloseTo(quiet.value, 3);
  });
});

describe("the intelligibility loss", () => {
  const rate = 8000;
  // A hop is 102 samples at 8 kHz: 40 frames, two segments, and a rest of a few samples.
  const length = 41 * 102 + 9;
  const x = Float32Array.from([...tone(1, length, rate), ...tone(2, length, rate)]);
  const y = x.map((value, i) => 0.7 * value + (i < length ? 0.02 : 0.2) * (2 * random() - 1));
  const rows = (flat: ArrayLike<number>) =>
    Array.from({ length: batch }, (_, i) => Float64Array.from({ length }, (_, t) => flat[i * length + t]!));
  const open = async () => {
    const [a, b] = ["a", "b"].map((name) => input(name, "float32", [batch, length])) as [Tensor, Tensor];
    const value = intelligibilityLoss(a, b, rate);
    return openGraph([a, b], { value, slope: gradient(value, [b])[0]! });
  };

  test("is the one in plain loops, and so is its slope", async () => {
    const { value, slope } = await (await open())(x, y);
    const plain = (moved: Float64Array[]) => plainIntelligibility(rows(x), moved, rate);
    expect(value![0]).toBeCloseTo(plain(rows(y)), 5);
    expect(value![0]).toBeGreaterThan(0.05);
    for (let each = 0; each < 3; each++) {
      const way = noise(random, batch * length);
      const moved = (step: number) => plain(rows(Float64Array.from(y, (v, i) => v + step * way[i]!)));
      const expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      const size = Math.sqrt((dot(slope!, slope!) * dot(way, way)) / way.length);
      expect(Math.abs(dot(slope!, way) - expected)).toBeLessThan(5e-3 * size);
    }
  });

  test("of a sound with itself is near zero, whatever the gain", async () => {
    const { value } = await (await open())(
      x,
      x.map((v) => 0.5 * v),
    );
    expect(Math.abs(value![0]!)).toBeLessThan(1e-3);
  });

  test("has no slope in silence, and refuses what is shorter than a segment", async () => {
    const silence = new Float32Array(batch * length);
    const { value, slope } = await (await open())(silence, silence);
    expect(value![0]).toBe(1);
    expect(slope!.every((v) => v === 0)).toBe(true);
    const short = input("short", "float32", [1, shortestIntelligible(rate) - 1]);
    expect(() => intelligibilityLoss(short, short, rate)).toThrow(
      expect.objectContaining({ code: "option" }),
    );
  });
});
