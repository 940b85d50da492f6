import { logTicks, ticksBetween } from "../axis.js";
import { decimal, escapeHtml } from "../html.js";
import type { Mean, RoundTripReport } from "../round-trip/schema.js";
import { marker } from "./marker.js";
import { type Measure, measureDigits, measureTitle, present, rateDigits } from "./parts.js";

const [width, height] = [370, 270];
const plot = { left: 44, right: width - 88, top: 12, bottom: height - 38 };
const labelHeight = 14;
/** Width of a letter of a name, near enough. */
const letter = 6.6;

/** A codec's means over the files: place in the list of codecs, and its points in rising rate. */
type Series = { name: string; place: number; isModel: boolean; points: { rate: number; value: Mean }[] };

/** From values to places in the figure. */
type Axes = { x: (rate: number) => number; y: (value: number) => number; rates: number[]; values: number[] };

/** One measure over the rate, all codecs: dash, marker and a name at the end tell them apart, colour only helps. */
export function curveFigure(report: RoundTripReport, measure: Measure): string {
  const all = present(report)
    .map(({ name, kind }, place) => ({
      name,
      place,
      isModel: kind === "model",
      points: pointsOf(report, name, measure),
    }))
    .filter(({ points }) => points.length > 0);
  const arrow = measure.better === "higher" ? "higher is better" : "lower is better";
  const caption = `<figcaption><b>${escapeHtml(measureTitle(measure))}</b> <span>${arrow}</span></figcaption>`;
  if (all.length === 0)
    return `<figure class="curve">${caption}<p class="quiet">No mean of it exists${escapeHtml(why(report, measure))}.</p></figure>`;
  const axes = axesOf(all);
  const labels = placeLabels(all, axes);
  return `<figure class="curve">${caption}
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(inWords(report, measure, all))}">
${grid(axes, report.rateUnit)}
${all.map((series) => band(series, axes)).join("")}
${all.map((series, i) => line(series, axes, labels[i]!)).join("\n")}
${all.map((series, i) => nameOf(series, labels[i]!)).join("")}
</svg></figure>`;
}

function pointsOf({ curves }: RoundTripReport, name: string, { name: field }: Measure): Series["points"] {
  const points = curves.find(({ contender }) => contender === name)?.points ?? [];
  return points
    .flatMap(({ rate, values }) =>
      values[field] && rate.mean > 0 ? [{ rate: rate.mean, value: values[field] }] : [],
    )
    .toSorted((a, b) => a.rate - b.rate);
}

function why({ curves }: RoundTripReport, { name }: Measure): string {
  const reasons = curves.flatMap(({ points }) => points.flatMap(({ missing }) => missing[name] ?? []));
  return reasons.length === 0 ? "" : `: ${[...new Set(reasons)].join("; ")}`;
}

function axesOf(all: Series[]): Axes {
  const points = all.flatMap((series) => series.points);
  const rates = points.map(({ rate }) => Math.log(rate));
  const values = points.flatMap(({ value }) => [value.low, value.high, value.mean]);
  const [left, right] = widened(Math.min(...rates), Math.max(...rates));
  const [low, high] = widened(Math.min(...values), Math.max(...values));
  return {
    x: (rate) => plot.left + ((Math.log(rate) - left) / (right - left)) * (plot.right - plot.left),
    y: (value) => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top),
    rates: logTicks(Math.exp(left), Math.exp(right)),
    values: ticksBetween(low, high, 5),
  };
}

function widened(low: number, high: number): [number, number] {
  const more = 0.04 * (high - low) || Math.max(0.5, 0.1 * Math.abs(high));
  return [low - more, high + more];
}

function grid({ x, y, rates, values }: Axes, unit: string): string {
  const across = values.map(
    (value) =>
      `<line x1="${plot.left}" x2="${plot.right}" y1="${at(y(value))}" y2="${at(y(value))}"/><text class="name" x="${plot.left - 6}" y="${at(y(value) + 4)}">${tickText(value)}</text>`,
  );
  const down = spaced(rates, x).map(
    (rate) =>
      `<line x1="${at(x(rate))}" x2="${at(x(rate))}" y1="${plot.bottom}" y2="${plot.bottom + 4}"/><text class="tick" x="${at(x(rate))}" y="${plot.bottom + 17}">${tickText(rate)}</text>`,
  );
  const middle = (plot.left + plot.right) / 2;
  return `${across.join("")}${down.join("")}<text class="tick" x="${middle}" y="${height - 5}">${escapeHtml(unit)}, log scale</text>`;
}

/** Ticks whose numbers do not touch. */
function spaced(rates: number[], x: (rate: number) => number): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return rates.filter((rate) => {
    if (x(rate) - last < 30) return false;
    last = x(rate);
    return true;
  });
}

function tickText(value: number): string {
  return String(value).replace("-", "−");
}

/** The intervals of a codec's points, as a surface. */
function band({ points, place }: Series, { x, y }: Axes): string {
  if (points.every(({ value }) => value.low === value.high)) return "";
  const upper = points.map(({ rate, value }) => `${at(x(rate))},${at(y(value.high))}`);
  const lower = points.toReversed().map(({ rate, value }) => `${at(x(rate))},${at(y(value.low))}`);
  return `<polygon class="band c${place % 6}" points="${[...upper, ...lower].join(" ")}"/>`;
}

function line({ place, isModel, points }: Series, { x, y }: Axes, label: Label): string {
  const places = points.map(({ rate, value }) => [at(x(rate)), at(y(value.mean))] as const);
  const way = places.map((pair) => pair.join(",")).join(" ");
  const look = `c${place % 6}${isModel ? " model" : ""}`;
  const last = places.at(-1)!;
  const moved = Math.abs(label.y - last[1]) > 3;
  const lead = `<line class="lead" x1="${last[0]}" y1="${last[1]}" x2="${at(label.x)}" y2="${at(label.y)}"/>`;
  return `<g class="${look}"><polyline points="${way}"/>${moved ? lead : ""}${places.map((pair) => marker(place, pair)).join("")}</g>`;
}

/** Names lie over all curves. */
function nameOf({ isModel }: Series, { x, y, text }: Label): string {
  return `<text class="label${isModel ? " model" : ""}" x="${at(x)}" y="${at(y + 4)}">${escapeHtml(text)}</text>`;
}

/** A curve's name beside its end, the height being that of the middle. */
type Label = { text: string; x: number; y: number };

function labelOf(name: string, { rate, value }: Series["points"][number], { x, y }: Axes): Label {
  const text = name.length > 13 ? `${name.slice(0, 12)}…` : name;
  return { text, x: x(rate) + 9, y: y(value.mean) };
}

/** Names as near to their ends as other names and curves leave them; the model's, which comes first, chooses first. */
function placeLabels(all: Series[], axes: Axes): Label[] {
  const placed: Label[] = [];
  for (const { name, points } of all) {
    const label = labelOf(name, points.at(-1)!, axes);
    const tries = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5].map((step) => ({
      ...label,
      y: label.y + step * labelHeight,
    }));
    const inside = tries.filter(({ y }) => y > 5 && y < plot.bottom);
    placed.push(inside.find((each) => isFree(each, placed, all, axes)) ?? label);
  }
  return placed;
}

function isFree({ text, x, y }: Label, placed: Label[], all: Series[], axes: Axes): boolean {
  const right = x + letter * text.length;
  const hidden = all
    .flatMap(({ points }) => points)
    .some((point) => {
      const [px, py] = [axes.x(point.rate), axes.y(point.value.mean)];
      return px > x - 4 && px < right && Math.abs(py - y) < 9;
    });
  return (
    !hidden &&
    placed.every((other) => {
      const beside = x > other.x + letter * other.text.length || other.x > right;
      return beside || Math.abs(other.y - y) >= labelHeight;
    })
  );
}

function inWords(report: RoundTripReport, measure: Measure, all: Series[]): string {
  const [digits, rate] = [measureDigits(measure), rateDigits(report)];
  const series = all.map(({ name, points }) => {
    const values = points.map(
      (point) => `${decimal(point.value.mean, digits)} at ${decimal(point.rate, rate)} ${report.rateUnit}`,
    );
    return `${name}: ${values.join(", ")}`;
  });
  return `${measureTitle(measure)} over the rate. ${series.join(". ")}. The table below has the intervals.`;
}

function at(value: number): number {
  return Math.round(value * 10) / 10;
}
