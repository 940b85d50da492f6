import { NacreError } from "@nacre/errors";

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

/**
 * A recipe with another length; in a short one warm-up takes a tenth and decay a quarter at most.
 * throws NacreError "option" unless steps is a whole number of at least 1
 */
export function withSteps<R extends { schedule: Schedule }>(recipe: R, steps: number): R {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new NacreError("option", { found: `${steps} steps`, expected: "a whole number of at least 1" });
  }
  const { schedule } = recipe;
  return {
    ...recipe,
    schedule: {
      ...schedule,
      steps,
      warmup: Math.min(schedule.warmup, Math.ceil(steps / 10)),
      decay: Math.min(schedule.decay, Math.ceil(steps / 4)),
    },
  };
}
