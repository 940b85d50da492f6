import { finite } from "../quality.js";
import { spreadSample } from "../seeded-random.js";
import { geometryFields } from "./geometry.js";
import type { ComputedMeasure } from "./measure.js";

/** Rows that distances are taken between; their number grows with the square. */
const compared = 1024;

/** How many coordinates the rows need nearby, whatever they are embedded in. */
export const intrinsicDimension: ComputedMeasure = {
  ...{ name: "intrinsic-dimension", title: "Intrinsic dimension (TwoNN)", unit: "" },
  ...{ cost: "costly", needs: ["latents"], page: "intrinsic-dimension" },
  fields: [{ name: "twoNearest", label: "TwoNN", unit: "" }],
  compute: (bench) =>
    geometryFields(bench, ({ values, rows, dimension }) => {
      const places = spreadSample(rows, compared, () => 0);
      const part = new Float32Array(places.length * dimension);
      for (const [at, place] of places.entries()) {
        part.set(values.subarray(place * dimension, (place + 1) * dimension), at * dimension);
      }
      return {
        twoNearest: finite(twoNearestDimension(part, dimension), "fewer than three different rows"),
      };
    }),
};

/**
 * n / sum ln(r2 / r1) over the distances of each row to its two nearest neighbours: the maximum likelihood form of
 * Facco et al. 2017 (TwoNN, doi 10.1038/s41598-017-11873-y). Rows that have a twin say nothing and are left out.
 *
 * rows     [n, dimension]
 * returns  NaN for fewer than three rows that differ
 */
export function twoNearestDimension(rows: Float32Array, dimension: number): number {
  const count = rows.length / dimension;
  const [first, second] = [0, 1].map(() => new Float64Array(count).fill(Number.POSITIVE_INFINITY));
  const offer = (at: number, square: number) => {
    if (square < first![at]!) {
      second![at] = first![at]!;
      first![at] = square;
    } else if (square < second![at]!) second![at] = square;
  };
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      let square = 0;
      for (let i = 0; i < dimension; i++)
        square += (rows[a * dimension + i]! - rows[b * dimension + i]!) ** 2;
      offer(a, square);
      offer(b, square);
    }
  }
  let [used, sum] = [0, 0];
  for (let at = 0; at < count; at++) {
    if (first![at] === 0 || !Number.isFinite(second![at]!)) continue;
    used += 1;
    sum += Math.log(second![at]! / first![at]!) / 2;
  }
  return used < 3 ? Number.NaN : used / sum;
}
