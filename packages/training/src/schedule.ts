/** Warm-up, constant, then decay to zero: a run can be chained from any point of its constant part. */
export type Schedule = { rate: number; steps: number; warmup: number; decay: number };

/** Learning rate of step `step` (from 1 to steps). */
export function rateAt(step: number, { rate, steps, warmup, decay }: Schedule): number {
  const rise = Math.min(1, step / Math.max(1, warmup));
  const left = (steps - step) / Math.max(1, decay);
  // The square root decays late and steeply; 1 - sqrt(t) is the form of Haegele et al. 2024.
  const fall = left >= 1 ? 1 : Math.max(0, 1 - Math.sqrt(1 - Math.max(0, left)));
  return rate * rise * fall;
}
