import { expect, test } from "vitest";
import { seededRandom } from "../seeded-random.js";
import { meanCosine } from "./anisotropy.js";
import { symmetricEigenvalues } from "./eigenvalues.js";
import { twoNearestDimension } from "./intrinsic-dimension.js";
import { outliers } from "./outlier-dimensions.js";
import { quantile } from "./quantile.js";
import { effectiveRank, varianceShares } from "./spectrum.js";

/** Rows of numbers even over -1 .. 1. */
function randomRows(count: number, dimension: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count * dimension }, () => 2 * random() - 1);
}

/** An orthonormal basis with no zero in it: the cosine transform. */
function cosineBasis(size: number): number[][] {
  return Array.from({ length: size }, (_, k) =>
    Array.from(
      { length: size },
      (_, n) => Math.sqrt((k === 0 ? 1 : 2) / size) * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * size)),
    ),
  );
}

/** Two rows, one the other's opposite, of each length along each direction of a basis. */
function axesOf(lengths: readonly number[]): Float32Array {
  const basis = cosineBasis(lengths.length);
  return Float32Array.from(
    lengths.flatMap((length, k) =>
      [1, -1].flatMap((sign) => basis[k]!.map((value) => sign * length * value)),
    ),
  );
}

test("the mean cosine is that of all pairs, one by one in float64, whatever the rows' lengths", () => {
  const [count, dimension] = [40, 7];
  const rows = randomRows(count, dimension, 1).map(
    (value, at) => (value + 0.3) * (1 + (Math.floor(at / 7) % 5)),
  );
  const row = (at: number) => Array.from(rows.subarray(at * dimension, (at + 1) * dimension));
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  let sum = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      if (a !== b) sum += dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
    }
  }
  expect(meanCosine(rows, dimension)).toBeCloseTo(sum / (count * (count - 1)), 12);
});

test("the mean cosine is 1 for one direction, -1 / (n - 1) for opposites, and leaves rows of zeros out", () => {
  expect(meanCosine(Float32Array.of(1, 2, 2, 4, 0, 0, 3, 6), 2)).toBeCloseTo(1, 12);
  expect(meanCosine(axesOf([1, 5, 2]), 3)).toBeCloseTo(-1 / 5, 6);
  expect(meanCosine(Float32Array.of(0, 0, 1, 2), 2)).toBeNaN();
});

test("eigenvalues of a dense circulant matrix are its cosine sums, twins among them", () => {
  const size = 30;
  const row = Array.from({ length: size }, (_, at) => 1 / (1 + Math.min(at, size - at)) ** 2);
  const matrix = Float64Array.from(
    { length: size * size },
    (_, at) =>
      row[
        (at % size) - Math.floor(at / size) < 0
          ? (at % size) - Math.floor(at / size) + size
          : (at % size) - Math.floor(at / size)
      ]!,
  );
  const expected = row
    .map((_, k) => row.reduce((sum, value, at) => sum + value * Math.cos((2 * Math.PI * k * at) / size), 0))
    .sort((a, b) => b - a);
  const found = symmetricEigenvalues(matrix, size);
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, 12);
});

test("eigenvalues of a chain are 2 - 2 cos, of a diagonal matrix its diagonal, of one value itself", () => {
  const size = 12;
  const chain = Float64Array.from({ length: size * size }, (_, at) => {
    const apart = Math.abs((at % size) - Math.floor(at / size));
    return apart === 0 ? 2 : apart === 1 ? -1 : 0;
  });
  const found = symmetricEigenvalues(chain, size);
  for (const [at, value] of found.entries()) {
    expect(value).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (size - at)) / (size + 1)), 12);
  }
  const diagonal = Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 3);
  for (const [at, value] of symmetricEigenvalues(diagonal, 3).entries()) {
    expect(value).toBeCloseTo([3, 3, -1][at]!, 12);
  }
  expect(symmetricEigenvalues(Float64Array.of(7), 1)[0]).toBe(7);
});

test("shares of variance are those that rows were made with, in any basis and about any mean", () => {
  const lengths = [4, 3, 2, 1, 0.5];
  const total = lengths.reduce((sum, length) => sum + length ** 2, 0);
  const rows = axesOf(lengths).map((value) => value + 10);
  const shares = varianceShares(rows, lengths.length);
  for (const [at, length] of lengths.entries()) expect(shares[at]).toBeCloseTo(length ** 2 / total, 6);
  expect(varianceShares(new Float32Array(12).fill(2), 3)[0]).toBeNaN();
});

test("the effective rank counts equal directions, and falls to 1 as one outgrows the others", () => {
  expect(effectiveRank(varianceShares(axesOf([2, 2, 2, 2]), 4))).toBeCloseTo(4, 5);
  expect(effectiveRank(Float64Array.of(1, 0, 0))).toBe(1);
  const [p, q] = [0.8, 0.2];
  expect(effectiveRank(Float64Array.of(p, q))).toBeCloseTo(1 / (p ** p * q ** q), 12);
});

test("TwoNN of three points on a line is its closed form, and twins are left out", () => {
  // Distances 1 and 3, 1 and 2, 2 and 3.
  expect(twoNearestDimension(Float32Array.of(0, 1, 3), 1)).toBeCloseTo(3 / Math.log(9), 9);
  const withTwins = Float32Array.of(0, 1, 3, 100, 100, 100);
  const others = [3 / 1, 2 / 1, 3 / 2].reduce((sum, ratio) => sum + Math.log(ratio), 0);
  expect(twoNearestDimension(withTwins, 1)).toBeCloseTo(3 / others, 9);
  expect(twoNearestDimension(Float32Array.of(1, 1, 2, 2), 2)).toBeNaN();
});

test("TwoNN agrees with sorted distances in float64, and finds the plane in ten dimensions", () => {
  const [count, dimension] = [400, 10];
  const flat = randomRows(count, 2, 3);
  const basis = cosineBasis(dimension);
  const rows = Float32Array.from({ length: count * dimension }, (_, at) => {
    const [row, i] = [Math.floor(at / dimension), at % dimension];
    return flat[2 * row]! * basis[1]![i]! + flat[2 * row + 1]! * basis[4]![i]!;
  });
  let sum = 0;
  for (let a = 0; a < count; a++) {
    const distances = Array.from({ length: count }, (_, b) =>
      Math.hypot(
        ...Array.from({ length: dimension }, (_, i) => rows[a * dimension + i]! - rows[b * dimension + i]!),
      ),
    );
    const [, first, second] = distances.sort((x, y) => x - y);
    sum += Math.log(second! / first!);
  }
  const found = twoNearestDimension(rows, dimension);
  expect(found).toBeCloseTo(count / sum, 9);
  expect(found).toBeGreaterThan(1.7);
  expect(found).toBeLessThan(2.4);
});

test("a dimension is an outlier beyond three deviations of all, with its share of the energy", () => {
  const dimension = 20;
  const rows = Float32Array.from({ length: 4 * dimension }, (_, at) => (at % dimension === 7 ? 30 : 1));
  expect(outliers(rows, dimension)).toEqual({ dimensions: [7], share: 900 / 919 });
  expect(outliers(rows.fill(1), dimension).dimensions).toEqual([]);
  expect(outliers(new Float32Array(40), dimension).share).toBeNaN();
});

test("a quantile lies between its neighbours in proportion", () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([0, 0.5, 1, 0.25, 0.75].map((share) => quantile(sorted, share))).toEqual([1, 3, 8, 1.75, 5]);
  expect(quantile(new Float64Array(0), 0.5)).toBeNaN();
});
