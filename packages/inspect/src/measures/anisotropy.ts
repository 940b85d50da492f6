import { finite } from "../quality.js";
import { geometryFields } from "./geometry.js";
import type { ComputedMeasure } from "./measure.js";

/** How far rows point the same way, of the latent and of what each layer leaves of it. */
export const anisotropy: ComputedMeasure = {
  ...{ name: "anisotropy", title: "Mean cosine between rows", unit: "" },
  ...{ cost: "cheap", needs: ["latents"], page: "anisotropy" },
  fields: [{ name: "meanCosine", label: "mean cosine", unit: "" }],
  compute: (bench) =>
    geometryFields(bench, ({ values, dimension }) => ({
      meanCosine: finite(meanCosine(values, dimension), "fewer than two rows have a direction"),
    })),
};

/**
 * Mean cosine over all pairs of different rows: (|sum of directions|^2 - n) / (n (n - 1)). Rows of zeros have no
 * direction and are left out.
 *
 * rows     [n, dimension]
 * returns  -1 / (n - 1) .. 1; NaN for fewer than two rows with a direction
 */
export function meanCosine(rows: Float32Array, dimension: number): number {
  const total = new Float64Array(dimension);
  let count = 0;
  for (let from = 0; from < rows.length; from += dimension) {
    const row = rows.subarray(from, from + dimension);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm === 0) continue;
    count += 1;
    for (let i = 0; i < dimension; i++) total[i]! += row[i]! / norm;
  }
  if (count < 2) return Number.NaN;
  const square = total.reduce((sum, value) => sum + value * value, 0);
  return (square - count) / (count * (count - 1));
}
