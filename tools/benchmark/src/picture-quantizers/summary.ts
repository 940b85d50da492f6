import { type BjontegaardDelta, bdPsnr, bdRate, type Interval, type RatePoint } from "@nacre/metrics";
import { mapValues, tabulate } from "../rotation/summary.js";
import type { FinishedRun } from "../seeded-runs.js";
import { studentInterval } from "../student-interval.js";
import type { Setting } from "./settings.js";

/** Every number of a setting's runs, mean over seeds with its 95 % interval. */
export type SettingSummary = {
  setting: string;
  kind: string;
  seeds: number[];
  figures: Record<string, Interval>;
};

/**
 * A setting against the first one, of the same seed.
 *
 * rate      percent of rate at equal quality, below 0 it needs less; quality dB at equal rate
 * overlap   share of the range that the two curves cover in common, a mean; 0 where no seed has a delta
 * without   reasons of seeds that have no delta
 */
export type Difference = {
  setting: string;
  anchor: string;
  seeds: number[];
  rate: Interval;
  quality: Interval;
  overlap: number;
  without: string[];
};

/** The comparison: means, and Bjontegaard deltas against the first setting, seed by seed. */
export type Summary = { settings: SettingSummary[]; differences: Difference[] };

/** Sums up finished runs; settings and seeds without a run are left out. */
export function summarize(runs: readonly FinishedRun[], settings: readonly Setting[]): Summary {
  const of = (setting: Setting) => runs.filter((run) => run.setting === setting.name);
  const found = settings.filter((setting) => of(setting).length > 0);
  const [anchor, ...others] = found;
  return {
    settings: found.map((setting) => ({
      setting: setting.name,
      kind: setting.quantizer.kind,
      seeds: of(setting).map(({ seed }) => seed),
      figures: mapValues(tabulate(of(setting).map(({ figures }) => figures)), studentInterval),
    })),
    differences: others.map((setting) => difference(setting.name, of(setting), anchor!.name, of(anchor!))),
  };
}

function difference(
  setting: string,
  runs: readonly FinishedRun[],
  anchor: string,
  anchors: readonly FinishedRun[],
): Difference {
  const pairs = runs.flatMap((run) => {
    const from = anchors.find(({ seed }) => seed === run.seed);
    return from ? [{ seed: run.seed, from: curveOf(from.figures), to: curveOf(run.figures) }] : [];
  });
  const rates = pairs.map(({ from, to }) => bdRate(from, to));
  const qualities = pairs.map(({ from, to }) => bdPsnr(from, to));
  const overlaps = rates.flatMap((each) => (each.value === null ? [] : [each.overlap]));
  return {
    setting,
    anchor,
    seeds: pairs.map(({ seed }) => seed),
    rate: intervalOf(rates),
    quality: intervalOf(qualities),
    overlap: overlaps.reduce((sum, overlap) => sum + overlap, 0) / Math.max(1, overlaps.length),
    without: rates.flatMap((each) => (each.value === null ? [each.reason] : [])),
  };
}

/** The prefixes of a model as points of rate and quality. */
export function curveOf(figures: Readonly<Record<string, number>>): RatePoint[] {
  const points: RatePoint[] = [];
  for (let layers = 1; `bpp.${layers}` in figures; layers++) {
    points.push({ rate: figures[`bpp.${layers}`]!, quality: figures[`psnr.${layers}`]! });
  }
  return points;
}

function intervalOf(deltas: readonly BjontegaardDelta[]): Interval {
  return studentInterval(deltas.map(({ value }) => value ?? Number.NaN));
}
