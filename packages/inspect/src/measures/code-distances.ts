import type { LayerCodebook } from "@nacre/codec";
import { finite } from "../quality.js";
import { perContent } from "./bench.js";
import type { ComputedMeasure } from "./measure.js";
import { quantile } from "./quantile.js";

/** How far each codebook's entries lie from their nearest neighbour. */
export const codeDistances: ComputedMeasure = {
  ...{ name: "code-distances", title: "Distance between codebook entries", unit: "" },
  ...{ cost: "costly", needs: ["codebook"], page: "code-distances" },
  fields: [
    { name: "least", label: "least", unit: "" },
    { name: "median", label: "median", unit: "" },
    { name: "relative", label: "median / rms", unit: "" },
  ],
  compute: (bench) =>
    perContent(bench, (_, index) => {
      const { distances, rms } = entryDistances(bench.subject.codebook!(index));
      const sorted = distances.toSorted();
      const value = (number: number) => finite(number, "the codebook has a single entry");
      const middle = quantile(sorted, 0.5);
      return {
        least: value(sorted[0] ?? Number.NaN),
        median: value(middle),
        relative: value(middle / rms),
      };
    }),
};

/**
 * Euclidean distance of each entry to the nearest other one, and the root mean square of the entries' distances from
 * the mean of their place. Where a frame has several codes, entries of a place lie in order on a line, so that the
 * nearest is the one before or after.
 */
export function entryDistances({ places, dimension, vectors }: LayerCodebook): {
  distances: Float64Array;
  rms: number;
} {
  const distances: number[] = [];
  let energy = 0;
  for (let place = 0; place < places; place++) {
    const entries = vectors(place);
    const count = entries.length / dimension;
    energy += spread(entries, count, dimension);
    const nearest = places === 1 ? nearestOfAll : nearestInLine;
    for (const distance of nearest(entries, count, dimension)) distances.push(distance);
  }
  return { distances: Float64Array.from(distances), rms: Math.sqrt(energy / distances.length) };
}

/** Sum of squared distances from the mean. */
function spread(vectors: Float32Array, count: number, dimension: number): number {
  const mean = new Float64Array(dimension);
  for (const [at, value] of vectors.entries()) mean[at % dimension]! += value / count;
  return vectors.reduce((sum, value, at) => sum + (value - mean[at % dimension]!) ** 2, 0);
}

function nearestOfAll(vectors: Float32Array, count: number, dimension: number): Float64Array {
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      const square = squareDistance(vectors, a, b, dimension, Math.max(nearest[a]!, nearest[b]!));
      nearest[a] = Math.min(nearest[a]!, square);
      nearest[b] = Math.min(nearest[b]!, square);
    }
  }
  return nearest.map(Math.sqrt);
}

function nearestInLine(vectors: Float32Array, count: number, dimension: number): Float64Array {
  const step = (at: number) =>
    at < 0 || at + 1 >= count
      ? Number.POSITIVE_INFINITY
      : squareDistance(vectors, at, at + 1, dimension, Number.POSITIVE_INFINITY);
  return Float64Array.from({ length: count }, (_, at) => Math.sqrt(Math.min(step(at - 1), step(at))));
}

/** |a - b|^2, or some number above `limit` where it is larger than that. */
function squareDistance(rows: Float32Array, a: number, b: number, dimension: number, limit: number): number {
  let total = 0;
  for (let i = 0; i < dimension && total <= limit; i++) {
    total += (rows[a * dimension + i]! - rows[b * dimension + i]!) ** 2;
  }
  return total;
}
