/** Round values from 0 below `end`, at most some `count`; the last keeps clear of a unit at the end of the axis. */
export function ticks(end: number, count: number): number[] {
  const step = roundStep(end / count);
  return steps(0, 0.95 * end, step);
}

/** Round values from `low` to `high`, at most some `count`. */
export function ticksBetween(low: number, high: number, count: number): number[] {
  const step = roundStep((high - low) / count || 1);
  return steps(Math.ceil(low / step - 1e-9) * step, high, step);
}

/** 1, 2 and 5 of every decade from `low` to `high`, both above 0; 3 and 7 too where that leaves fewer than three. */
export function logTicks(low: number, high: number): number[] {
  const decades = Array.from({ length: 30 }, (_, i) => 10 ** (i - 15));
  const inside = (factors: number[]) =>
    decades
      .flatMap((decade) => factors.map((factor) => Number((factor * decade).toPrecision(3))))
      .filter((tick) => tick >= low && tick <= high);
  const few = inside([1, 2, 5]);
  return few.length < 3 ? inside([1, 1.5, 2, 3, 5, 7]) : few;
}

/** 1, 2, 5 or 10 of a decade, at least `rough`. */
function roundStep(rough: number): number {
  const decade = 10 ** Math.floor(Math.log10(rough));
  return decade * [1, 2, 5, 10].find((factor) => factor * decade >= rough * 0.999)!;
}

function steps(first: number, last: number, step: number): number[] {
  const count = Math.max(0, Math.floor((last - first) / step + 1e-9) + 1);
  return Array.from({ length: count }, (_, i) => Number((first + i * step).toPrecision(6)));
}
