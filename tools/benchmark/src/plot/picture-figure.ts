import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { PicturesResult } from "../pictures/measure-pictures.js";

const shadeLabel = {
  x: "low",
  frameAnchor: "bottom",
  text: () => "BD-rates are taken here",
  textAnchor: "start",
  dx: 6,
  dy: -8,
  fillOpacity: 0.6,
} as const;

/** A point of a curve as it is drawn. */
type Drawn = { label: string; rate: number; quality: number };

// Beyond this nobody looks; it also keeps the part that matters large.
const widest = 1.5;
// Okabe & Ito's colours, which the colour-blind can tell apart.
const colours = ["#000000", "#0072b2", "#d55e00", "#e69f00", "#009e73", "#cc79a7", "#56b4e9"];

/** Quality over bit per pixel as a whole SVG file; the interval of BD-rates is shaded. */
export function ratePlot(result: PicturesResult, measure: string, axis: string): string {
  const { document } = parseHTML("<html><body></body></html>");
  const labels = result.contenders.map(({ label }) => label);
  const drawn = result.contenders
    .map(({ label, curve }) => drawnCurve(label, curve, measure))
    .filter(({ length }) => length > 0);
  const points = drawn.flat();
  const ends = spread(
    drawn.map((curve) => curve.at(-1)!),
    points,
  );
  const { rates } = result.bjontegaard.options;
  const svg = Plot.plot({
    document,
    width: 760,
    height: 460,
    marginRight: 128,
    marginBottom: 46,
    ariaLabel: `${axis} over bit per pixel`,
    style: { background: "white", fontSize: "13px", fontFamily: "system-ui, sans-serif" },
    x: { domain: [0, widest], label: "bit per pixel (whole file)", grid: true },
    y: {
      label: `${axis}, mean of ${result.pictures.length} pictures at equal setting`,
      grid: true,
      nice: true,
      zero: false,
    },
    color: { domain: labels, range: colours },
    marks: [
      ...(rates ? [Plot.rectX([rates], { x1: "low", x2: "high", fill: "#000000", fillOpacity: 0.05 })] : []),
      ...(rates ? [Plot.text([rates], shadeLabel)] : []),
      Plot.line(points, { x: "rate", y: "quality", stroke: "label", strokeWidth: 2 }),
      Plot.dot(points, { x: "rate", y: "quality", fill: "label", r: 3 }),
      Plot.link(ends, {
        x1: "rate",
        y1: "quality",
        x2: widest,
        y2: "beside",
        stroke: "label",
        strokeDasharray: "1,4",
      }),
      Plot.text(ends, { x: widest, y: "beside", text: "label", fill: "label", textAnchor: "start", dx: 8 }),
    ],
  });
  return `${String(svg.outerHTML).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

function drawnCurve(
  label: string,
  curve: PicturesResult["contenders"][number]["curve"],
  measure: string,
): Drawn[] {
  return curve
    .map(({ bitsPerPixel, measures }) => ({ label, rate: bitsPerPixel, quality: measures[measure]! }))
    .filter(({ rate, quality }) => rate <= widest && Number.isFinite(quality));
}

/** Where the names of curves stand beside the plot: at the height of their ends, but not on each other. */
function spread(ends: readonly Drawn[], points: readonly Drawn[]): (Drawn & { beside: number })[] {
  const qualities = points.map(({ quality }) => quality);
  const line = 0.05 * (Math.max(...qualities) - Math.min(...qualities));
  let below = Number.NEGATIVE_INFINITY;
  return ends
    .toSorted((a, b) => a.quality - b.quality)
    .map((end) => {
      below = Math.max(end.quality, below + line);
      return { ...end, beside: below };
    });
}
