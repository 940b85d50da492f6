import type { Interval } from "@nacre/metrics";

/**
 * Mean of a few values with the 95 % interval of Student's t, for values that are roughly normal; for two
 * or three a bootstrap would give their range. One value has a mean and no interval (NaN). Values that are
 * not finite are left out and not counted.
 */
export function studentInterval(values: readonly number[]): Interval {
  const finite = values.filter(Number.isFinite);
  const count = finite.length;
  const mean = finite.reduce((sum, value) => sum + value, 0) / count;
  const square = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const reach = count < 2 ? Number.NaN : studentQuantile(count - 1) * Math.sqrt(square / count);
  return { mean, low: mean - reach, high: mean + reach, count };
}

/** The t that holds 95 % of Student's law between -t and t; freedom a whole number of at least 1. */
export function studentQuantile(freedom: number): number {
  let [low, high] = [0, 16];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (shareWithin(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return high;
}

/** Share of Student's law between -t and t: Abramowitz & Stegun 1964, 26.7.3 and 26.7.4. */
function shareWithin(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const square = Math.cos(angle) ** 2;
  const odd = freedom % 2;
  let [term, sum] = [1, 0];
  for (let k = odd; k < freedom - 1; k += 2) {
    sum += term;
    term *= (square * (k + 1)) / (k + 2);
  }
  const series = Math.sin(angle) * sum;
  return odd ? (2 / Math.PI) * (angle + series * Math.cos(angle)) : series;
}
