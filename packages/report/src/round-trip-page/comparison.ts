import { escapeHtml } from "../html.js";
import { section } from "../page-frame.js";
import type { Mean, RoundTripReport } from "../round-trip/schema.js";
import { curveFigure } from "./curve-figure.js";
import { sample } from "./marker.js";
import {
  type Contender,
  type Measure,
  meanCell,
  measureDigits,
  measuresInOrder,
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
${curves(report)}
${rates(report)}
<details><summary>All points of the curves as a table</summary>${pointTable(report)}</details>`,
  );
}

function curves(report: RoundTripReport): string {
  const { first, others } = measuresInOrder(report);
  const figures = (measures: Measure[]) =>
    `<div class="curves">${measures.map((measure) => curveFigure(report, measure)).join("\n")}</div>`;
  const more = `<details><summary>Curves of ${others.length} more measures</summary>${figures(others)}</details>`;
  return `${figures(first)}${others.length === 0 ? "" : more}`;
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
  const { first, others } = measuresInOrder(report);
  const all = [...first, ...others];
  const rows = ran.map(({ name, version }) => {
    const key = sample(
      present(report).findIndex((contender) => contender.name === name),
      false,
    );
    const head = `<th scope="row">${key}${escapeHtml(name)}<small>${escapeHtml(version)}</small></th>`;
    return `<tr>${head}${all.map((measure) => rateCell(report, name, measure.name, reach)).join("")}</tr>`;
  });
  const model = escapeHtml(modelOf(report)?.name ?? "the codec");
  const caption = `BD-rate of ${model}: how many percent more bits it needs than the baseline for the same quality, −&nbsp;is fewer. Below it the interval of 95&nbsp;%; a hollow dot is an interval that holds 0; one file has none.`;
  const head = ["Against", ...all.map(({ label }) => escapeHtml(label))];
  return table("BD-rates", caption, head, rows) + rateReasons(report);
}

/** Why BD-rates do not exist, and which files others are without. */
function rateReasons({ bdRates, measures }: RoundTripReport): string {
  const lines = bdRates.flatMap(({ against, measure, percent, without, missing }) => {
    const label = measures.find(({ name }) => name === measure)?.label ?? measure;
    const files = without.map(({ file, reason }) => `${file}: ${reason}`);
    const reasons = files.length > 0 ? files : percent ? [] : [missing ?? "it was not computed"];
    return reasons.map((reason) => `<li>${escapeHtml(`${against}, ${label}, ${reason}`)}</li>`);
  });
  if (lines.length === 0) return "";
  return `<details><summary>Why some BD-rates do not exist or leave files out</summary><ul>${lines.join("")}</ul></details>`;
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
    return `<td class="none">none</td>`;
  }
  const { mean, low, high } = rate.percent;
  const interval = low === high ? "" : `${signed(low)} to ${signed(high)}`;
  const some = rate.files < whole ? `${interval && ", "}${rate.files} of ${whole} files` : "";
  const word = low > 0 ? "more" : high < 0 ? "fewer" : "open";
  return `<td data-against="${escapeHtml(against)}" data-measure="${escapeHtml(measure)}"><b>${signed(mean)}</b> <span class="word">${word}</span>${forest(rate.percent, reach)}<small>${interval}${some}</small></td>`;
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
