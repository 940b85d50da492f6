import { decimal, escapeHtml } from "../html.js";
import { section } from "../page-frame.js";
import type { Mean, RoundTripLayer, RoundTripReport } from "../round-trip/schema.js";
import {
  chiefMeasure,
  type Measure,
  meanCell,
  measureDigits,
  measuresInOrder,
  rateDigits,
  table,
} from "./parts.js";

/** Which layers earn their bits: what each costs beside what it gives, with a word for it. */
export function layers(report: RoundTripReport): string {
  const chief = chiefMeasure(report);
  if (report.layers.length === 0 || !chief) {
    return section("layers", "Which layers earn their bits", `<p class="quiet">There are no layers.</p>`);
  }
  return section(
    "layers",
    "Which layers earn their bits",
    `<p>${escapeHtml(layerSentence(report, chief))}</p>\n${layerTable(report, chief)}`,
  );
}

/** In words: which layer's bits buy most and least by the chief measure. */
export function layerSentence(report: RoundTripReport, chief: Measure): string {
  const ranked = priced(report, chief);
  const [best, worst] = [ranked[0], ranked.at(-1)];
  if (!best || !worst || best === worst) return "There are too few layers to hold against each other.";
  const price = ({ price }: { price: number }) =>
    `${decimal(price, priceDigits(price))}${chief.unit && ` ${chief.unit}`} per ${report.rateUnit}`;
  const harmful = report.layers.filter(({ gain }) => (gain[chief.name]?.high ?? 0) < 0);
  const warning =
    harmful.length === 0
      ? ""
      : ` ${chief.label} gets worse with ${harmful.map((layer) => `layer ${layerLabel(report, layer)}`).join(", ")}.`;
  return `By ${chief.label}, after the first layer, layer ${best.label} earns the most for its bits (${price(best)}) and layer ${worst.label} the least (${price(worst)}).${warning}`;
}

/** Decimals that leave two digits of a small price. */
function priceDigits(price: number): number {
  return Math.max(2, Math.min(6, 1 - Math.floor(Math.log10(Math.abs(price) || 1))));
}

/** Layers with a price, dearest gain first. */
function priced(report: RoundTripReport, { name }: Measure) {
  return report.layers
    .flatMap((layer) => {
      const [gain, rate] = [layer.gain[name]?.mean, layer.rate ?? 0];
      return gain === undefined || rate <= 0
        ? []
        : [{ layer, label: layerLabel(report, layer), price: gain / rate }];
    })
    .toSorted((a, b) => b.price - a.price);
}

/** How a layer is called: its place among the content layers, "s1" for the first side layer. */
export function layerLabel(report: RoundTripReport, layer: RoundTripLayer): string {
  if (layer.role === "content") return String(layer.prefix);
  const same = report.layers.filter(({ role, index }) => role === layer.role && index <= layer.index);
  return layer.role === "side" ? `s${same.length}` : layer.role;
}

function layerTable(report: RoundTripReport, chief: Measure): string {
  const ranked = priced(report, chief);
  const { first, others } = measuresInOrder(report);
  const most = {
    rate: Math.max(...report.layers.map(({ rate }) => rate ?? 0)),
    gain: Math.max(...report.layers.map(({ gain }) => Math.abs(gain[chief.name]?.mean ?? 0))),
    price: Math.max(...ranked.map(({ price }) => Math.abs(price)), 0),
  };
  const gained = (measure: Measure) => `${measure.short} gained${measure.unit ? `, ${measure.unit}` : ""}`;
  const head = [
    "Layer",
    `Spent, ${report.rateUnit}`,
    gained(chief),
    `per ${report.rateUnit}`,
    ...first.slice(1).map(gained),
    "Entries",
    "Usage",
    "Perplexity",
    "Dead codes",
    "Entropy, bit/code",
    ...others.map(gained),
  ];
  const rows = report.layers.map((layer) => row(report, layer, { chief, first, others, most, ranked }));
  const caption = `Means over files. Grey bars are what a layer costs, coloured ones what it gives over the prefix before it; hatched ones are losses. The first layer has nothing before it.`;
  return table("Layer table", caption, head.map(escapeHtml), rows) + reasons(report);
}

/** Why values do not exist, one line a layer and reason; that the first layer gains over nothing is told already. */
function reasons(report: RoundTripReport): string {
  const lines = report.layers.flatMap((layer) =>
    [...new Set(Object.values(layer.missing))].map((reason) => {
      const fields = Object.keys(layer.missing).filter((field) => layer.missing[field] === reason);
      return `<li>Layer ${layerLabel(report, layer)}, ${escapeHtml(fields.join(", "))}: ${escapeHtml(reason)}</li>`;
    }),
  );
  if (lines.length === 0) return "";
  return `<details><summary>Why some values do not exist</summary><ul>${lines.join("")}</ul></details>`;
}

type RowContext = {
  chief: Measure;
  first: Measure[];
  others: Measure[];
  most: { rate: number; gain: number; price: number };
  ranked: ReturnType<typeof priced>;
};

function row(
  report: RoundTripReport,
  layer: RoundTripLayer,
  { chief, first, others, most, ranked }: RowContext,
): string {
  const gain = layer.gain[chief.name];
  const price = ranked.find((each) => each.layer === layer)?.price ?? null;
  const digits = measureDigits(chief);
  const gainCell = (measure: Measure) =>
    `<td>${meanCell(layer.gain[measure.name], measureDigits(measure))}</td>`;
  const cells = [
    barCell(decimal(layer.rate, rateDigits(report)), layer.rate, most.rate, "cost"),
    barCell(meanCell(gain, digits), gain?.mean ?? null, most.gain, "gain"),
    barCell(decimal(price, digits), price, most.price, "gain"),
    ...first.slice(1).map(gainCell),
    `<td>${layer.alphabet}</td>`,
    `<td>${decimal(100 * layer.usage, 1)} %</td>`,
    `<td>${decimal(layer.perplexity, layer.perplexity < 10 ? 1 : 0)}</td>`,
    `<td>${layer.deadCodes}</td>`,
    `<td>${decimal(layer.entropyBits, 2)} <span class="word">of ${decimal(Math.log2(layer.alphabet), 2)}</span></td>`,
    ...others.map(gainCell),
  ];
  return `<tr data-layer="${layer.index}"><th scope="row">${escapeHtml(layerLabel(report, layer))}<small class="whole">${worth(layer, gain, ranked)}</small></th>${cells.join("")}</tr>`;
}

function barCell(text: string, value: number | null, most: number, look: string): string {
  const share = value === null || most === 0 ? 0 : Math.abs(value) / most;
  const loss = (value ?? 0) < 0 ? " loss" : "";
  return `<td class="meter ${look}${loss}">${text}<i style="--share:${(100 * share).toFixed(1)}%"></i></td>`;
}

function worth(layer: RoundTripLayer, gain: Mean | null | undefined, ranked: RowContext["ranked"]): string {
  if (layer.role !== "content") return `${escapeHtml(layer.role)} layer`;
  if (!gain) return "base";
  if (gain.high < 0) return "✕ makes it worse";
  if (gain.low <= 0) return "? not proven";
  if (ranked.length > 1 && ranked[0]?.layer === layer) return "▲ earns most";
  return ranked.length > 1 && ranked.at(-1)?.layer === layer ? "▽ earns least" : "earns";
}
