import type { Fraction, VideoFacts } from "@nacre/signal";

/** Rates that files round to milliseconds or microseconds: the film's, television's, their doubles. */
const usualRates: readonly Fraction[] = [24, 25, 30, 50, 60, 12, 15, 10, 120]
  .map((rate) => ({ numerator: rate, denominator: 1 }))
  .concat([24_000, 30_000, 60_000, 120_000].map((rate) => ({ numerator: rate, denominator: 1001 })));

/**
 * How frames shown at these ticks are told: by a rate where every frame is within a tick of where it puts it, else by the
 * clock, with times of their own.
 *
 * ticks         growing, of every frame
 * lastDuration  ticks that the last frame is shown for, 0 where nobody knows
 * clock         ticks per second
 */
export function frameTimes(
  ticks: readonly number[],
  lastDuration: number,
  clock: number,
): Pick<VideoFacts, "rate" | "clock"> {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : lastDuration;
  if (step > 0 && follows(ticks, (number) => number * step, 0)) return { rate: reduced(clock, step) };
  for (const rate of usualRates) {
    const pace = (clock * rate.denominator) / rate.numerator;
    if (follows(ticks, (number) => number * pace, 1)) return { rate };
  }
  return { clock };
}

function follows(ticks: readonly number[], placeOf: (number: number) => number, slack: number): boolean {
  return ticks.every((tick, number) => Math.abs(tick - ticks[0]! - placeOf(number)) <= slack);
}

function reduced(numerator: number, denominator: number): Fraction {
  const common = greatestCommon(numerator, denominator);
  return { numerator: numerator / common, denominator: denominator / common };
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b);
}
