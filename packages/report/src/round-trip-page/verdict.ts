import { decimal } from "../html.js";
import type { Mean, RoundTripReport } from "../round-trip/schema.js";
import {
  chiefMeasure,
  measureDigits,
  measuresInOrder,
  modelOf,
  rateDigits,
  signed,
  wordList,
} from "./parts.js";

/** In one sentence: how the model stands against each baseline over all measures, as text. */
export function verdict(report: RoundTripReport): string {
  const model = modelOf(report)?.name ?? "The codec";
  const baselines = report.contenders.filter(
    ({ kind, absent }) => kind === "baseline" && absent === undefined,
  );
  const standings = baselines.flatMap(({ name }) => standing(report, name));
  if (standings.length === 0) {
    return baselines.length === 0
      ? `${model} stands alone: no baseline was run.`
      : `${model} cannot be compared: no BD-rate exists, for the reasons below.`;
  }
  return `At equal quality ${model} needs ${wordList(standings)}.`;
}

function standing(report: RoundTripReport, against: string): string[] {
  const rates = report.bdRates.filter((rate) => rate.against === against && rate.percent);
  const told = rates.find(({ measure }) => measure === chiefMeasure(report)?.name) ?? rates[0];
  if (!told) return [];
  const short = report.measures.find(({ name }) => name === told.measure)?.short ?? told.measure;
  const agreeing = rates.filter((rate) => side(rate.percent!) === side(told.percent!)).length;
  const whole = report.files.filter(({ failed }) => !failed).length;
  const some = told.files < whole ? ` over ${told.files} of ${whole} files` : "";
  const count =
    rates.length === agreeing
      ? agreeing === 2
        ? "both"
        : `all ${agreeing}`
      : `${agreeing} of ${rates.length}`;
  const also = rates.length === 1 ? "" : `; so say ${count} measures`;
  const figure = `${signed(told.percent!.mean)} by ${short}${some}${also}`;
  return [
    `${sideWords[side(told.percent!)]} ${side(told.percent!) === "open" ? "as" : "than"} ${against} (${figure})`,
  ];
}

const sideWords = { fewer: "fewer bits", more: "more bits", open: "about as many bits" };

/** On which side of 0 the whole interval lies. */
function side({ low, high }: Mean): keyof typeof sideWords {
  if (high < 0) return "fewer";
  return low > 0 ? "more" : "open";
}

/** The few numbers below the heading: value, unit, name. */
export function headNumbers(report: RoundTripReport): [string, string, string][] {
  const failed = report.files.filter((file) => file.failed).length;
  const model = modelOf(report);
  const full = report.curves.find(({ contender }) => contender === model?.name)?.points.at(-1);
  const depth = full?.layers === undefined ? "at its highest" : "all layers";
  const dead = report.layers.reduce((sum, { deadCodes }) => sum + deadCodes, 0);
  const all = report.layers.reduce((sum, { alphabet }) => sum + alphabet, 0);
  return [
    [
      String(report.files.length),
      "",
      `${report.files.length === 1 ? "file" : "files"}, ${failed === 0 ? "none" : failed} failed`,
    ],
    [decimal(full?.rate.mean, rateDigits(report)), report.rateUnit, `mean rate, ${depth}`],
    ...measuresInOrder(report)
      .first.slice(0, 2)
      .map((measure): [string, string, string] => [
        decimal(full?.values[measure.name]?.mean, measureDigits(measure)),
        measure.unit,
        `mean ${measure.label}, ${depth}`,
      ]),
    [all === 0 ? "–" : decimal((100 * dead) / all, 1), "%", `of ${all} codes not used in these files`],
  ];
}
