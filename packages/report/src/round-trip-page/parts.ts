import { decimal, escapeHtml } from "../html.js";
import { priced, shown } from "../layer-figures.js";
import type { Mean, RoundTripReport } from "../round-trip/schema.js";

export type Measure = RoundTripReport["measures"][number];
export type Contender = RoundTripReport["contenders"][number];

/** The codec that the report is about. */
export function modelOf({ contenders }: RoundTripReport): Contender | undefined {
  return contenders.find(({ kind }) => kind === "model");
}

/** The measure that a layer's bits and the codecs are held against first. */
export function chiefMeasure({ measures, medium }: RoundTripReport): Measure | undefined {
  return measures.find(({ name }) => name === priced[medium]) ?? measures[0];
}

/** What a page shows of a layer, and one more of pictures. */
const early = { audio: shown.audio, image: [...shown.image, "ssim"] };

/** All measures: first three that say different things, the chief one before them, then the others. */
export function measuresInOrder(report: RoundTripReport): { first: Measure[]; others: Measure[] } {
  const chief = chiefMeasure(report);
  const place = (measure: Measure) =>
    measure === chief ? 0 : early[report.medium].includes(measure.name) ? 1 : 2;
  const sorted = report.measures.toSorted((a, b) => place(a) - place(b));
  return { first: sorted.slice(0, 3), others: sorted.slice(3) };
}

/** The codecs that were run: those that have points. */
export function present({ contenders }: RoundTripReport): Contender[] {
  return contenders.filter(({ absent }) => absent === undefined);
}

/** Decimals of a measure's values: a value with a unit is a larger number. */
export function measureDigits({ unit }: Measure): number {
  return unit ? 2 : 3;
}

/** Decimals of a rate. */
export function rateDigits({ rateUnit }: RoundTripReport): number {
  return rateUnit === "kbit/s" ? 2 : 3;
}

/** A measure's name with its unit. */
export function measureTitle({ label, unit }: Measure): string {
  return unit ? `${label}, ${unit}` : label;
}

/** A mean, and small below it the interval; an en dash where there is none. */
export function meanCell(value: Mean | null | undefined, digits: number): string {
  if (!value) return "–";
  const certain = value.low === value.mean && value.high === value.mean;
  const interval = certain
    ? ""
    : `<small>${decimal(value.low, digits)} to ${decimal(value.high, digits)}</small>`;
  return `${decimal(value.mean, digits)}${interval}`;
}

/** A percentage with its sign. */
export function signed(percent: number): string {
  return `${percent > 0 ? "+" : ""}${decimal(percent, 1)} %`;
}

/** A table that scrolls sideways where it is too wide. `head` and `rows` are HTML of cells and rows. */
export function table(name: string, caption: string, head: string[], rows: string[], foot = ""): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(name)}"><table>
<caption><span>${caption}</span></caption>
<thead><tr>${head.map((cell) => `<th scope="col"${cell === "Setting" ? ' class="words"' : ""}>${cell}</th>`).join("")}</tr></thead>
<tbody>${rows.join("\n")}</tbody>${foot}
</table></div>`;
}

/** Words in a row: "a", "a and b", "a, b and c". */
export function wordList(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
