import type { Interval } from "@nacre/metrics";
import type { FinishedRun } from "../seeded-runs.js";
import { studentInterval } from "../student-interval.js";
import { type Contrast, contrastsOf, type Setting } from "./settings.js";

/** Every number of a setting's runs, mean over seeds. */
export type SettingSummary = Setting & { seeds: number[]; figures: Record<string, Interval> };

/**
 * A setting minus another, seed by seed.
 *
 * agree  share of the seeds whose difference has the mean's sign, 0 .. 1
 */
export type Difference = Contrast & {
  seeds: number[];
  figures: Record<string, Interval & { agree: number }>;
};

/** The table: means with 95 % intervals over seeds, and paired differences. */
export type Summary = {
  settings: SettingSummary[];
  differences: Difference[];
  missing: { setting: string; seed: number }[];
};

/** Sums up finished runs of `settings` with seeds 1 .. seeds; those that are not there are named. */
export function summarize(
  runs: readonly FinishedRun[],
  settings: readonly Setting[],
  seeds: number,
): Summary {
  const all = Array.from({ length: seeds }, (_, i) => i + 1);
  const of = (setting: string, seed: number) =>
    runs.find((run) => run.setting === setting && run.seed === seed)?.figures;
  return {
    settings: settings.map((setting) => {
      const own = all.filter((seed) => of(setting.name, seed));
      const figures = tabulate(own.map((seed) => of(setting.name, seed)!));
      return { ...setting, seeds: own, figures: mapValues(figures, studentInterval) };
    }),
    differences: contrastsOf(settings).map((contrast) => difference(contrast, all, of)),
    missing: all.flatMap((seed) =>
      settings.filter(({ name }) => !of(name, seed)).map(({ name }) => ({ setting: name, seed })),
    ),
  };
}

function difference(
  contrast: Contrast,
  all: readonly number[],
  of: (setting: string, seed: number) => Record<string, number> | undefined,
): Difference {
  const seeds = all.filter((seed) => of(contrast.setting, seed) && of(contrast.from, seed));
  const pairs = seeds.map((seed) => {
    const [after, before] = [of(contrast.setting, seed)!, of(contrast.from, seed)!];
    return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - before[name]!]));
  });
  const figures = mapValues(tabulate(pairs), (values) => {
    const interval = studentInterval(values);
    const same = values.filter((value) => Math.sign(value) === Math.sign(interval.mean));
    return { ...interval, agree: same.length / interval.count };
  });
  return { ...contrast, seeds, figures };
}

/** Whether an interval of differences leaves out zero. */
export function isReal({ low, high }: Interval): boolean {
  return low > 0 || high < 0;
}

/** Values by name, of rows that have the same names. */
export function tabulate(rows: readonly Record<string, number>[]): Record<string, number[]> {
  return Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, rows.map((row) => row[name]!)]));
}

/** A record with its values changed. */
export function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
