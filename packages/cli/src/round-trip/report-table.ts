import type { RoundTripReport } from "@nacre/report";
import { table } from "../table.js";

type Mean = { mean: number; low: number; high: number };

/** The report for a terminal: the model's curve, then its BD-rates. */
export function reportTable(report: RoundTripReport): string {
  return [curveTable(report), bdTable(report), ...absent(report)].filter((part) => part !== "").join("\n\n");
}

function curveTable({ curves, measures, rateUnit }: RoundTripReport): string {
  const [curve] = curves;
  if (!curve || curve.points.length === 0) return "";
  const head = [
    curve.contender,
    rateUnit,
    ...measures.map(({ short, unit }) => (short.endsWith(unit) ? short : `${short} ${unit}`)),
  ];
  const rows = curve.points.map(({ setting, rate, values }) => [
    setting,
    rate.mean.toFixed(rateUnit === "kbit/s" ? 2 : 3),
    ...measures.map(({ name, unit }) => fixed(values[name] ?? null, unit === "" ? 3 : 2)),
  ]);
  return table([head, ...rows], head.map((_, at) => at).slice(1));
}

function bdTable({ bdRates, measures }: RoundTripReport): string {
  const baselines = [...new Set(bdRates.map(({ against }) => against))];
  if (baselines.length === 0) return "";
  const head = ["BD-rate, %", ...baselines];
  const rows = measures.map(({ name, short }) => [
    short,
    ...baselines.map((against) => {
      const found = bdRates.find((rate) => rate.against === against && rate.measure === name);
      return found?.percent ? withInterval(found.percent, 1) : "-";
    }),
  ]);
  return table([head, ...rows], head.map((_, at) => at).slice(1));
}

function absent({ contenders }: RoundTripReport): string[] {
  return contenders.flatMap(({ name, absent }) =>
    absent === undefined ? [] : [`${name} is absent: ${absent}`],
  );
}

/** "-12.5 [-20.0, -5.0]" */
export function withInterval({ mean, low, high }: Mean, digits: number): string {
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function fixed(value: Mean | null, digits: number): string {
  return value === null ? "-" : value.mean.toFixed(digits);
}
