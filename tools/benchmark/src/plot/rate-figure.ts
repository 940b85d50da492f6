import { audioMetrics, type Interval } from "@nacre/metrics";
import type { OpusResult } from "../opus.js";
import type { Quality } from "../quality.js";
import type { Figure } from "./figure.js";
import type { Panel, Point } from "./panel.js";

const shown = ["melDistance", "siSdr", "stoi", "estoi"];

type Row = { kbps: Interval; measures: Record<string, Interval> };

/** Rate of the whole file against four measures, ours by layers beside Opus. what: the kind of sound. */
export function rateFigure(what: string, quality: Quality, opus: OpusResult): Figure {
  const ours = `${quality.model}, 1 to ${quality.prefixes.length} layers`;
  const panels = shown.map((name) => panelOf(name, ours, quality.prefixes, opus.rates));
  return {
    title: `${what}: rate against quality, ${quality.files.length} clips`,
    description: panels.map(sentence).join(" "),
    legend: [ours, opusName(opus)],
    columns: 2,
    panels,
  };
}

/** For the legend: the rates that Opus was asked for. */
export function opusName({ rates }: Pick<OpusResult, "rates">): string {
  return `Opus, asked for ${rates.map(({ asked }) => asked).join(", ")} kbit/s`;
}

function panelOf(name: string, ours: string, prefixes: readonly Row[], rates: readonly Row[]): Panel {
  const { label, unit, better } = audioMetrics.find((metric) => metric.name === name)!;
  return {
    title: `${label}${unit === "" ? "" : `, ${unit}`} (${better} is better)`,
    x: "kbit/s of file",
    series: [
      { name: ours, look: 0, points: pointsOf(name, prefixes) },
      { name: "Opus", look: 1, points: pointsOf(name, rates) },
    ],
    scale: "zero",
  };
}

function pointsOf(name: string, rows: readonly Row[]): Point[] {
  return rows.map(({ kbps, measures }) => {
    const { mean, low, high } = measures[name]!;
    return { x: kbps.mean, y: mean, low, high };
  });
}

/** What a panel shows, in words: the first and the last value of each series. */
export function sentence({ title, series }: Panel): string {
  const told = series.map(({ name, points }) => {
    const [first, last] = [points[0]!, points.at(-1)!];
    return `${name} from ${rounded(first.y)} at ${rounded(first.x)} to ${rounded(last.y)} at ${rounded(last.x)}`;
  });
  return `${title}: ${told.join("; ")}.`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
