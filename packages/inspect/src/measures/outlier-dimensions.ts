import { finite } from "../quality.js";
import { geometryFields } from "./geometry.js";
import type { ComputedMeasure } from "./measure.js";

/** Standard deviations above the mean of all dimensions from which one is an outlier. */
const limit = 3;

/** Dimensions that are far larger than the others. */
export const outlierDimensions: ComputedMeasure = {
  ...{ name: "outlier-dimensions", title: "Outlier dimensions", unit: "" },
  ...{ cost: "cheap", needs: ["latents"], page: "outlier-dimensions" },
  fields: [
    { name: "share", label: "energy in them", unit: "" },
    { name: "dimensions", label: "dimensions", unit: "" },
  ],
  compute: (bench) =>
    geometryFields(bench, ({ values, dimension }) => {
      const { dimensions, share } = outliers(values, dimension);
      return { share: finite(share, "the rows have no energy"), dimensions };
    }),
};

/**
 * Dimensions whose root mean square lies more than three standard deviations above the mean over all dimensions
 * (the rule of Kovaleva et al. 2021 for weights, arXiv 2105.06990), and their share of all energy.
 *
 * rows     [n, dimension]
 * returns  share NaN for rows of zeros
 */
export function outliers(rows: Float32Array, dimension: number): { dimensions: number[]; share: number } {
  const energy = new Float64Array(dimension);
  for (const [at, value] of rows.entries()) energy[at % dimension]! += value * value;
  const sizes = energy.map((each) => Math.sqrt((each * dimension) / rows.length));
  const mean = sizes.reduce((sum, size) => sum + size, 0) / dimension;
  const deviation = Math.sqrt(sizes.reduce((sum, size) => sum + (size - mean) ** 2, 0) / dimension);
  const dimensions = Array.from(sizes.keys()).filter((at) => sizes[at]! > mean + limit * deviation);
  const all = energy.reduce((sum, each) => sum + each, 0);
  return { dimensions, share: dimensions.reduce((sum, at) => sum + energy[at]!, 0) / all };
}
