import { finite } from "../quality.js";
import { symmetricEigenvalues } from "./eigenvalues.js";
import { geometryFields } from "./geometry.js";
import type { ComputedMeasure } from "./measure.js";

/** Shares of variance that a report lists; the rest is in `explained` of the last one. */
const listed = 32;

/** How the variance is spread over directions, of the latent and of what each layer leaves of it. */
export const spectrum: ComputedMeasure = {
  ...{ name: "spectrum", title: "Spectrum of the covariance", unit: "" },
  ...{ cost: "cheap", needs: ["latents"], page: "spectrum" },
  fields: [
    { name: "effectiveRank", label: "effective rank", unit: "" },
    { name: "participation", label: "participation", unit: "" },
    { name: "first", label: "first direction", unit: "" },
    { name: "for90", label: "directions for 90 %", unit: "" },
    { name: "explained", label: "explained by the first 1, 2, ...", unit: "" },
  ],
  compute: (bench) =>
    geometryFields(bench, ({ values, dimension }) => {
      const shares = varianceShares(values, dimension);
      const value = (number: number) => finite(number, "the rows do not vary");
      const explained = running(shares);
      return {
        effectiveRank: value(effectiveRank(shares)),
        participation: value(1 / shares.reduce((sum, share) => sum + share * share, 0)),
        first: value(shares[0]!),
        for90: value(Number.isNaN(shares[0]!) ? Number.NaN : 1 + explained.findIndex((sum) => sum >= 0.9)),
        explained: Number.isNaN(shares[0]!) ? [] : explained.slice(0, listed),
      };
    }),
};

/**
 * Shares of the variance along the principal directions, largest first; together 1.
 *
 * rows     [n, dimension], centred here
 * returns  [dimension]; NaN for rows that do not vary
 */
export function varianceShares(rows: Float32Array, dimension: number): Float64Array {
  const values = symmetricEigenvalues(covariance(rows, dimension), dimension).map((value) =>
    Math.max(0, value),
  );
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

/** exp of the entropy of the shares: Roy and Vetterli 2007, "The effective rank", equation 2 for variances. */
export function effectiveRank(shares: Float64Array): number {
  return Math.exp(-shares.reduce((sum, share) => sum + (share === 0 ? 0 : share * Math.log(share)), 0));
}

function covariance(rows: Float32Array, dimension: number): Float64Array {
  const count = rows.length / dimension;
  const mean = new Float64Array(dimension);
  for (const [at, value] of rows.entries()) mean[at % dimension]! += value / count;
  const matrix = new Float64Array(dimension * dimension);
  const row = new Float64Array(dimension);
  for (let from = 0; from < rows.length; from += dimension) {
    for (let i = 0; i < dimension; i++) row[i] = rows[from + i]! - mean[i]!;
    for (let i = 0; i < dimension; i++) {
      const [value, at] = [row[i]!, i * dimension];
      for (let j = 0; j <= i; j++) matrix[at + j]! += value * row[j]!;
    }
  }
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) matrix[j * dimension + i] = matrix[i * dimension + j]!;
  }
  return matrix;
}

function running(shares: Float64Array): number[] {
  let sum = 0;
  return Array.from(shares, (share) => {
    sum += share;
    return Math.min(1, sum);
  });
}
