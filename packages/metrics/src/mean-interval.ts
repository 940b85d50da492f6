import { uniform } from "./uniform.js";

/** A mean with its 95 % interval. */
export type Interval = { mean: number; low: number; high: number; count: number };

const draws = 4000;

/**
 * Mean over files with a percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13); the draws have a
 * fixed seed. Values that are not finite are left out and not counted.
 */
export function meanInterval(values: readonly number[], seed = 1): Interval {
  const finite = values.filter(Number.isFinite);
  const count = finite.length;
  if (count === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN, count };
  const random = uniform(seed);
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += finite[Math.floor(random() * count)]!;
    return sum / count;
  }).sort();
  const mean = finite.reduce((sum, value) => sum + value, 0) / count;
  return { mean, low: means[Math.floor(draws * 0.025)]!, high: means[Math.floor(draws * 0.975)]!, count };
}
