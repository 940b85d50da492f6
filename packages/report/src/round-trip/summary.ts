import { bdRate, type RatePoint } from "@nacre/metrics";
import { meanOf, meansOf } from "./means.js";
import type { RoundTripFile, RoundTripPoint, RoundTripReport } from "./schema.js";

type Measure = RoundTripReport["measures"][number];

/** Means over files by contender and setting, rising in rate. */
export function curvesOf(
  contenders: RoundTripReport["contenders"],
  measures: readonly Measure[],
  files: readonly RoundTripFile[],
): RoundTripReport["curves"] {
  const names = measures.map(({ name }) => name);
  const present = contenders.filter(({ absent }) => absent === undefined);
  return present.map(({ name }) => {
    const points = [...bySetting(pointsOf(files, name)).values()].map((points) => curvePoint(points, names));
    return { contender: name, points: points.sort((a, b) => a.rate.mean - b.rate.mean) };
  });
}

function pointsOf(files: readonly RoundTripFile[], name: string): RoundTripPoint[] {
  return files.flatMap(({ points }) => points.filter(({ contender }) => contender === name));
}

function curvePoint(points: readonly RoundTripPoint[], names: readonly string[]) {
  const { setting, layers } = points[0]!;
  return {
    ...{ setting, ...(layers === undefined ? {} : { layers }), files: points.length },
    rate: meanOf(points.map(({ rate }) => rate))!,
    ...meansOf(names, points),
  };
}

/** BD-rates of the model against each baseline that was run: of each file, then their mean. */
export function bdRatesOf(
  contenders: RoundTripReport["contenders"],
  measures: readonly Measure[],
  files: readonly RoundTripFile[],
): RoundTripReport["bdRates"] {
  const [model] = contenders;
  const baselines = contenders.filter(({ kind, absent }) => kind === "baseline" && absent === undefined);
  return baselines.flatMap(({ name }) =>
    measures.map((measure) => {
      const found = files.map((file) => ({
        file: file.name,
        ...(file.without?.[name] === undefined
          ? bdRate(curveOf(file, name, measure), curveOf(file, model!.name, measure))
          : { value: null, reason: file.without[name] }),
      }));
      return { against: name, measure: measure.name, ...meanRate(found) };
    }),
  );
}

/** The mean of BD-rates of files, and which have none. */
export function meanRate(
  found: readonly ({ file: string } & ({ value: number } | { value: null; reason: string }))[],
): Pick<RoundTripReport["bdRates"][number], "percent" | "files" | "without" | "missing"> {
  const without = found.flatMap((each) =>
    each.value === null ? [{ file: each.file, reason: each.reason }] : [],
  );
  const percent = meanOf(found.map(({ value }) => value));
  const missing = `no file has one; of ${without[0]?.file ?? "none"}: ${without[0]?.reason ?? "no file was done"}`;
  return { percent, files: found.length - without.length, without, ...(percent === null && { missing }) };
}

/**
 * A contender's points of one file where the measure has a value, turned so that more is better. A point that is not
 * better than a cheaper one is left out: nobody would choose it, and a curve that falls has no BD-rate.
 */
export function curveOf(file: RoundTripFile, contender: string, { name, better }: Measure): RatePoint[] {
  const points = file.points.flatMap((point) => {
    const value = point.values[name] ?? null;
    if (point.contender !== contender || value === null) return [];
    return [{ rate: point.rate, quality: better === "higher" ? value : -value }];
  });
  const rising: RatePoint[] = [];
  for (const point of points.sort((a, b) => a.rate - b.rate || b.quality - a.quality)) {
    if (point.quality > (rising.at(-1)?.quality ?? Number.NEGATIVE_INFINITY)) rising.push(point);
  }
  return rising;
}

/** By measure: names of files, the worst first, at the model's last point; files without a value are left out. */
export function worstOf(
  model: string,
  measures: readonly Measure[],
  files: readonly RoundTripFile[],
): Record<string, string[]> {
  return Object.fromEntries(
    measures.map(({ name, better }) => {
      const valued = files.flatMap((file) => {
        const value = lastPoint(file, model)?.values[name] ?? null;
        return value === null ? [] : [{ name: file.name, value: better === "higher" ? value : -value }];
      });
      return [name, valued.sort((a, b) => a.value - b.value).map((file) => file.name)];
    }),
  );
}

/** The model's point of the highest rate. */
export function lastPoint({ points }: RoundTripFile, model: string): RoundTripPoint | undefined {
  const own = points.filter(({ contender }) => contender === model);
  return own.reduce<RoundTripPoint | undefined>(
    (last, point) => (last === undefined || point.rate >= last.rate ? point : last),
    undefined,
  );
}

function bySetting(points: readonly RoundTripPoint[]): Map<string, RoundTripPoint[]> {
  const groups = new Map<string, RoundTripPoint[]>();
  for (const point of points) {
    const group = groups.get(point.setting);
    if (group) group.push(point);
    else groups.set(point.setting, [point]);
  }
  return groups;
}
