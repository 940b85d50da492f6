import { escapeHtml } from "../html.js";
import { section } from "../page-frame.js";
import type { Mean, RoundTripReport } from "../round-trip/schema.js";
import { curveFigure } from "./curve-figure.js";
import { sample } from "./marker.js";
import {
  type Contender,
  meanCell,
  measureDigits,
  measureTitle,
  modelOf,
  present,
  rateDigits,
  signed,
  table,
} from "./parts.js";

/** How the codec stands against the others: a curve for every measure, the table of BD-rates, all points. */
export function comparison(report: RoundTripReport): string {
  const files = report.files.filter((file) => !file.failed).length;
  const bands = files > 1 ? ` Surfaces are bootstrap intervals of 95 % over ${files} files.` : "";
  return section(
    "compare",
    "Quality over rate",
    `<p class="quiet">Means over files; the rate is the whole file's.${bands}</p>
<div class="curves">${report.measures.map((measure) => curveFigure(report, measure)).join("\n")}</div>
${rates(report)}
<details><summary>All points of the curves as a table</summary>${pointTable(report)}</details>`,
  );
}

function rates(report: RoundTripReport): string {
  const baselines = report.contenders.filter(({ kind }) => kind === "baseline");
  if (baselines.length === 0) {
    return `<p class="quiet">No baseline was asked for, so there is no BD-rate.</p>`;
  }
  const ran = baselines.filter(({ absent }) => absent === undefined);
  return `${ran.length === 0 ? "" : rateTable(report, ran)}${absentList(baselines)}`;
}

function rateTable(report: RoundTripReport, ran: Contender[]): string {
  const reach = widest(report);
  const rows = ran.map(({ name, version }) => {
    const key = sample(
      present(report).findIndex((contender) => contender.name === name),
      false,
    );
    const head = `<th scope="row">${key}${escapeHtml(name)}<small>${escapeHtml(version)}</small></th>`;
    return `<tr>${head}${report.measures.map((measure) => rateCell(report, name, measure.name, reach)).join("")}</tr>`;
  });
  const model = escapeHtml(modelOf(report)?.name ?? "the codec");
  const caption = `BD-rate of ${model}: how many percent more bits it needs than the baseline for the same quality, −&nbsp;is fewer. Below it the interval of 95&nbsp;%; a hollow dot is an interval that holds 0.`;
  return table(
    "BD-rates",
    caption,
    ["Against", ...report.measures.map(({ label }) => escapeHtml(label))],
    rows,
  );
}

function absentList(baselines: Contender[]): string {
  const items = baselines.flatMap(({ name, absent }) =>
    absent === undefined ? [] : [`<li><b>${escapeHtml(name)}</b> ${escapeHtml(absent)}</li>`],
  );
  if (items.length === 0) return "";
  return `<div class="absent"><h3>Absent, so not compared</h3><ul>${items.join("")}</ul></div>`;
}

function rateCell(
  { bdRates, files }: RoundTripReport,
  against: string,
  measure: string,
  reach: number,
): string {
  const rate = bdRates.find((each) => each.against === against && each.measure === measure);
  const whole = files.filter(({ failed }) => !failed).length;
  if (!rate?.percent) {
    return `<td class="none">none<small>${escapeHtml(rate?.missing ?? "not computed")}</small></td>`;
  }
  const { mean, low, high } = rate.percent;
  const some = rate.files < whole ? `, ${rate.files} of ${whole} files` : "";
  const word = low > 0 ? "more" : high < 0 ? "fewer" : "open";
  return `<td data-against="${escapeHtml(against)}" data-measure="${escapeHtml(measure)}"><b>${signed(mean)}</b> <span class="word">${word}</span>${forest(rate.percent, reach)}<small>${signed(low)} to ${signed(high)}${some}</small></td>`;
}

/** A dot with its interval about 0, left is fewer bits. */
function forest({ mean, low, high }: Mean, reach: number): string {
  const x = (percent: number) =>
    Math.round(10 * (60 + (56 * Math.max(-reach, Math.min(reach, percent))) / reach)) / 10;
  const open = low <= 0 && high >= 0 ? " open" : "";
  return `<svg class="forest" viewBox="0 0 120 14" aria-hidden="true"><line x1="60" x2="60" y1="0" y2="14"/><line class="whisker" x1="${x(low)}" x2="${x(high)}" y1="7" y2="7"/><circle class="dot${open}" cx="${x(mean)}" cy="7" r="3.5"/></svg>`;
}

/** Percent at the ends of all the small axes. */
function widest({ bdRates }: RoundTripReport): number {
  const bounds = bdRates.flatMap(({ percent }) =>
    percent ? [Math.abs(percent.low), Math.abs(percent.high)] : [],
  );
  return Math.min(100, Math.max(5, ...bounds));
}

function pointTable(report: RoundTripReport): string {
  const rows = report.curves.flatMap(({ contender, points }) =>
    points.map(
      ({ setting, rate, values, files }) =>
        `<tr><th scope="row">${escapeHtml(contender)}</th><td>${escapeHtml(setting)}</td><td>${files}</td><td>${meanCell(rate, rateDigits(report))}</td>${report.measures.map((measure) => `<td>${meanCell(values[measure.name], measureDigits(measure))}</td>`).join("")}</tr>`,
    ),
  );
  const head = [
    "Codec",
    "Setting",
    "Files",
    report.rateUnit,
    ...report.measures.map(measureTitle).map(escapeHtml),
  ];
  return table("Points of the curves", "Means over files with their intervals of 95&nbsp;%.", head, rows);
}
