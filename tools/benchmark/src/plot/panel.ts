import * as Plot from "@observablehq/plot";

/** A value at a place, with the ends of its interval where it has one. */
export type Point = { x: number; y: number; low?: number; high?: number };

/** Points that belong together; `look` is the place of its colour and mark in `looks`. */
export type Series = { name: string; look: number; points: readonly Point[] };

/**
 * One pair of axes.
 *
 * title   what goes up, its unit, and which direction is better
 * level   a value to compare with, drawn as a dashed line from side to side
 * scale   of x: from zero, in equal steps from the least to the most, or logarithmic
 * ticks   of x, where the scale's own are not wanted
 * apart   pixels between series at the same x, so that their intervals do not hide each other
 */
export type Panel = {
  title: string;
  x: string;
  series: readonly Series[];
  level?: number;
  scale: "zero" | "linear" | "log";
  ticks?: readonly number[];
  apart?: number;
};

/**
 * Colours and marks of series, in turn. Each colour has a contrast of at least 3 against white and against
 * the dark ground, so one file serves both.
 */
export const looks = [
  { colour: "#3b82d6", mark: "circle" },
  { colour: "#d9730d", mark: "square" },
  { colour: "#2c9c5a", mark: "triangle" },
  { colour: "#a45fd0", mark: "diamond" },
] as const;

export const panelSize = { width: 380, height: 250 };

/** Draws a panel as an SVG element. */
export function drawPanel(document: Document, panel: Panel): Element {
  const { x, series, level, scale, ticks, apart = 0 } = panel;
  const reference = { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 };
  const svg = Plot.plot({
    ...{ document, ...panelSize, marginLeft: 44, marginBottom: 36, marginTop: 12, marginRight: 16 },
    style: { fontSize: "11px" },
    x: {
      ...{
        label: x,
        labelAnchor: "center",
        type: scale === "log" ? "log" : "linear",
        zero: scale === "zero",
      },
      ...(ticks ? { ticks: [...ticks], tickFormat: String } : {}),
    },
    y: { label: null, grid: true, nice: true, ticks: 6 },
    marks: [
      ...(level === undefined ? [] : [Plot.ruleY([level], reference)]),
      ...series.flatMap((each, i) => marksOf(each, apart * (i - (series.length - 1) / 2))),
    ],
  });
  for (const each of svg.querySelectorAll("style")) each.remove();
  // The description says what is in it; each tick would be read out otherwise.
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

function marksOf({ points, look }: Series, dx: number): Plot.Markish[] {
  const { colour, mark } = looks[look % looks.length]!;
  const data = [...points];
  const known = data.filter(({ low, high }) => low !== undefined && high !== undefined);
  const interval = { y1: "low", y2: "high", stroke: colour, strokeOpacity: 0.45, strokeWidth: 3 };
  return [
    Plot.ruleX(known, { x: "x", dx, ...interval }),
    Plot.line(data, { x: "x", y: "y", dx, stroke: colour, strokeWidth: 1.5 }),
    Plot.dot(data, { x: "x", y: "y", dx, fill: colour, r: 3, symbol: mark }),
  ];
}
