import { decimal } from "../html.js";
import type { Mean, RoundTripReport } from "../round-trip/schema.js";
import { measureDigits, modelOf, rateDigits, signed, wordList } from "./parts.js";

/** The measure that a layer's bits and the codecs are held against first: the picture's error, the sound's timbre. */
export function chiefMeasure({
  measures,
  medium,
}: RoundTripReport): RoundTripReport["measures"][number] | undefined {
  const name = { audio: "melDistance", image: "psnrRgb" }[medium];
  return measures.find((measure) => measure.name === name) ?? measures[0];
}

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
  const short = (name: string) => report.measures.find((measure) => measure.name === name)?.short ?? name;
  const others = rates.filter((rate) => side(rate.percent!) !== side(told.percent!));
  const elsewhere = others.map((rate) => `${sideWords[side(rate.percent!)]} by ${short(rate.measure)}`);
  const all = others.length === 0 && rates.length > 1 ? `, and so by all ${rates.length} measures` : "";
  const figure = `${signed(told.percent!.mean)} by ${short(told.measure)}${all}${elsewhere.map((words) => `; ${words}`).join("")}`;
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
  const chief = chiefMeasure(report);
  const dead = report.layers.reduce((sum, { deadCodes }) => sum + deadCodes, 0);
  const all = report.layers.reduce((sum, { alphabet }) => sum + alphabet, 0);
  const shown = [chief, ...report.measures.filter((measure) => measure !== chief)].slice(0, 2);
  return [
    [String(report.files.length), "", failed === 0 ? "files, none failed" : `files, ${failed} failed`],
    [decimal(full?.rate.mean, rateDigits(report)), report.rateUnit, "mean rate, all layers"],
    ...shown.flatMap((measure): [string, string, string][] =>
      measure
        ? [
            [
              decimal(full?.values[measure.name]?.mean, measureDigits(measure)),
              measure.unit,
              `mean ${measure.label}, all layers`,
            ],
          ]
        : [],
    ),
    [all === 0 ? "–" : decimal((100 * dead) / all, 1), "%", `of ${all} codes never used`],
  ];
}
