import { expect, test } from "vitest";
import { toySubject } from "../../test/toy-codec.js";
import { inspectLayers, type LayerCodes } from "../index.js";
import { seededRandom } from "../seeded-random.js";
import { entryDistances } from "./code-distances.js";
import { neighbours } from "./neighbour-entropy.js";
import { turns } from "./rotation.js";
import { flippedBit } from "./sensitivity.js";

const codes = (grid: number[], data: number[], alphabet = 16): LayerCodes => ({
  role: "content",
  grid,
  stride: grid.map(() => 1),
  alphabet,
  data: Int32Array.from(data),
});

test("neighbours are one step back along the axis, with the channel kept", () => {
  const picture = codes([2, 3, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const left = neighbours(picture, 1);
  expect([...left.own]).toEqual([2, 3, 4, 5, 8, 9, 10, 11]);
  expect([...left.known]).toEqual([0, 1, 2, 3, 6, 7, 8, 9]);
  const above = neighbours(picture, 0);
  expect([[...above.own], [...above.known]]).toEqual([
    [6, 7, 8, 9, 10, 11],
    [0, 1, 2, 3, 4, 5],
  ]);
  const sound = neighbours(codes([4], [5, 6, 7, 8]), 0);
  expect([[...sound.own], [...sound.known]]).toEqual([
    [6, 7, 8],
    [5, 6, 7],
  ]);
});

test("a code that follows from the frame before has no entropy given it; a free one keeps its own", async () => {
  const turning = Array.from({ length: 4000 }, (_, at) => at % 8);
  const random = seededRandom(4);
  const free = Array.from({ length: 4000 }, () => Math.floor(8 * random()));
  const sound = { sampleRate: 8000, channels: [new Float32Array(4000)] };
  const subject = toySubject(sound, {
    layers: [[codes([4000], turning, 8)], [codes([4000], free, 8)]],
    bytesPerLayer: [1, 1],
  });
  const { layers } = await inspectLayers(subject, { measures: ["neighbour-entropy"] });
  expect(layers[0]!.measures["neighbour-entropy"]!.before).toBeLessThan(0.002);
  expect(layers[1]!.measures["neighbour-entropy"]!.before).toBeCloseTo(3, 1);
});

test("lengths of codes are summed up from the tables, beside the entropy of the codes", async () => {
  const sound = { sampleRate: 8000, channels: [new Float32Array(16)] };
  const data = [0, 0, 0, 1];
  const lengths = [2, 3];
  const subject = toySubject(sound, {
    layers: [[codes([4], data, 2)]],
    bytesPerLayer: [1],
    codeLengths: () => Float64Array.from(data, (code) => lengths[code]!),
  });
  const { layers } = await inspectLayers(subject, { measures: ["code-lengths", "dead-codes"] });
  const entropy = -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25));
  const found = layers[0]!.measures["code-lengths"]!;
  expect(found).toMatchObject({ mean: 9 / 4, shortest: 2, longest: 3 });
  expect(found.aboveEntropy).toBeCloseTo(9 / 4 - entropy, 12);
  expect(layers[0]!.measures["dead-codes"]).toEqual({ codes: [] });
});

test("dead codes are those that no channel has", async () => {
  const sound = { sampleRate: 8000, channels: [new Float32Array(16), new Float32Array(16)] };
  const subject = toySubject(sound, {
    layers: [[codes([3], [0, 5, 2], 7), codes([3], [0, 0, 3], 7)]],
    bytesPerLayer: [1],
  });
  const { layers } = await inspectLayers(subject, { measures: ["dead-codes"] });
  expect(layers[0]!.measures["dead-codes"]).toEqual({ codes: [1, 4, 6] });
});

test("entries of a codebook have their nearest neighbour among all others", () => {
  const [count, dimension] = [50, 3];
  const random = seededRandom(2);
  const entries = Float32Array.from({ length: count * dimension }, () => random());
  const { distances, rms } = entryDistances({ places: 1, dimension, vectors: () => entries });
  const apart = (a: number, b: number) =>
    Math.hypot(...[0, 1, 2].map((i) => entries[a * dimension + i]! - entries[b * dimension + i]!));
  for (let a = 0; a < count; a++) {
    const others = Array.from({ length: count }, (_, b) =>
      a === b ? Number.POSITIVE_INFINITY : apart(a, b),
    );
    expect(distances[a]).toBeCloseTo(Math.min(...others), 9);
  }
  const square = Float32Array.of(1, 1, 1, 3, 3, 1, 3, 3);
  expect(entryDistances({ places: 1, dimension: 2, vectors: () => square })).toEqual({
    distances: Float64Array.of(2, 2, 2, 2),
    rms: Math.SQRT2,
  });
  expect(rms).toBeGreaterThan(0.4);
});

test("entries on a line have the next one as their neighbour, place by place", () => {
  const vectors = (place: number) => Float32Array.from([0, 1, 3, 7], (at) => 5 + at * (place + 1));
  const { distances } = entryDistances({ places: 2, dimension: 1, vectors });
  expect([...distances]).toEqual([1, 1, 2, 4, 2, 2, 4, 8]);
});

test("angle and length ratio of a layer are those between what it was given and what it gave", () => {
  const turn = (degrees: number, length: number) => {
    const angle = (degrees * Math.PI) / 180;
    return [length * Math.cos(angle), length * Math.sin(angle)];
  };
  // Layer 1 gives [2, 0]; what is left is [0, 2], [0, 0] and [0, 2]; layer 2 turns it by 30, nothing and 120 degrees.
  const latent = Float32Array.of(2, 2, 2, 0, 2, 2);
  const first = Float32Array.of(2, 0, 2, 0, 2, 0);
  const second = [turn(90 - 30, 3), [1, 0], turn(90 + 120, 1)];
  const sum = Float32Array.from(first, (value, at) => value + second[at >> 1]![at % 2]!);
  const sample = { rows: 3, dimension: 2, latent, prefixes: [first, sum] };
  const one = turns(sample, 0);
  expect(Array.from(one.angles, Math.round)).toEqual([0, 45, 45]);
  expect(one.ratios[0]).toBeCloseTo(Math.SQRT1_2, 6);
  const two = turns(sample, 1);
  expect(two.rows - two.angles.length).toBe(1);
  for (const [at, angle] of [30, 120].entries()) expect(two.angles[at]).toBeCloseTo(angle, 4);
  for (const [at, ratio] of [0.5, 1.5].entries()) expect(two.ratios[at]).toBeCloseTo(ratio, 5);
});

test("a flipped bit is one bit of one code, within the alphabet and its part of the codes", () => {
  const random = seededRandom(9);
  const layer = [codes([100], Array(100).fill(4), 5), codes([100], Array(100).fill(2), 5)];
  for (let draw = 0; draw < 200; draw++) {
    const { channel, at, code } = flippedBit(layer, (draw % 8) / 8, 1 / 8, random);
    expect(Math.floor(((100 * channel + at) * 8) / 200)).toBe(draw % 8);
    const changed = code ^ layer[channel]!.data[at]!;
    expect([1, 2, 4]).toContain(changed);
    expect(code).toBeLessThan(5);
  }
  expect(flippedBit([codes([1], [0], 1)], 0, 1, random).code).toBe(0);
});
