/**
 * The value that a share of sorted numbers lies below, between two neighbours in proportion (type 7 of Hyndman and
 * Fan 1996, numpy's own); NaN of none.
 *
 * share  0 .. 1; 0.5 is the median
 */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (low === undefined || high === undefined) return Number.NaN;
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}
