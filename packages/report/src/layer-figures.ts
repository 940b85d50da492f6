import type { LayerReport, LayerReportRow } from "@nacre/inspect";
import { type BarPanel, barPanel } from "./bar-panel.js";
import { decimal, escapeHtml } from "./html.js";

/** How a layer is called: its place among the content layers, "s1" for the first side layer, or "alpha". */
export function layerName(report: LayerReport, layer: LayerReportRow): string {
  if (layer.role === "content") return String(layer.prefix);
  if (layer.role === "alpha") return "alpha";
  const side = report.layers.filter(({ role, index }) => role === "side" && index <= layer.index);
  return `s${side.length}`;
}

/** By medium the measures that say different things: waveform, timbre, intelligibility; error, structure. */
export const shown = { audio: ["siSdr", "melDistance", "stoi"], image: ["psnrRgb", "msSsimDecibels"] };

/** By medium the one of them that a layer's bits are held against. */
export const priced = { audio: "melDistance", image: "psnrRgb" };

/** The shown measures of all layers: value, unit, name. */
export function headlineMeasures(report: LayerReport): [string, string, string][] {
  const last = report.layers.findLast(({ role }) => role === "content");
  return shownMetrics(report).map(({ name, label, unit }) => [
    decimal(last?.quality[name], unit ? 1 : 3),
    unit,
    `${label}, all layers`,
  ]);
}

function shownMetrics({ metrics, medium }: LayerReport): LayerReport["metrics"] {
  return metrics.filter(({ name }) => shown[medium].includes(name));
}

/** The bar charts: what each layer costs, beside what it gives. */
export function layerPanels(report: LayerReport): string {
  const panels = [
    costPanel(report),
    ...bitPanels(report),
    energyPanel(report),
    ...gainPanels(report),
    ...pricePanels(report),
    ...lossPanels(report),
  ];
  return `<div class="panels">${panels.map(barPanel).join("\n")}</div>`;
}

/** In words: which layer's bits buy the most and the least, by the measure that they are held against. */
export function layerVerdict(report: LayerReport): string {
  const name = priced[report.medium];
  const label = report.metrics.find((metric) => metric.name === name)?.label ?? name;
  const ranked = report.layers
    .filter((layer) => typeof layer.gain[name] === "number" && (layer.rate ?? 0) > 0)
    .toSorted((a, b) => price(b, name)! - price(a, name)!);
  const [best, worst] = [ranked[0], ranked.at(-1)];
  if (!best || !worst || best === worst) return "";
  const harmful = report.layers.filter(({ gain }) => (gain[name] ?? 0) < 0);
  const warning =
    harmful.length === 0
      ? ""
      : ` ${label} gets worse with layer ${harmful.map(({ prefix }) => prefix).join(", ")}.`;
  return `Bit for bit, after the first layer, layer ${best.prefix} improves ${label} most and layer ${worst.prefix} least.${warning}`;
}

/** The report's numbers as a table with caption, scopes and totals. */
export function layerTableHtml(report: LayerReport): string {
  const { totals, rateUnit, medium } = report;
  const digits = rateDigits(report);
  const heads = [
    "Layer",
    ...(medium === "image" ? ["Role"] : []),
    "Entries",
    `Nominal ${rateUnit}`,
    `File ${rateUnit}`,
    "File bytes",
    "Entropy, bit/code",
    ...bitColumns(report).map(({ head }) => head),
    "Usage",
    "Perplexity",
    "Dead",
    "Energy explained",
    ...tableMetrics(report).map(({ short, unit }) => (unit ? `${short}, ${unit}` : short)),
  ];
  const role = medium === "image" ? "<td></td>" : "";
  return `<div class="scroll" tabindex="0" role="region" aria-label="Layer table"><table>
<caption><span>One line a layer. Energy and measures belong to the ${mediumNames[medium]} of all content layers up to the line; “–” is a value that does not exist.</span></caption>
<thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join("")}</tr></thead>
<tbody>${report.layers.map((layer) => tableRow(report, layer)).join("\n")}</tbody>
<tfoot><tr><th scope="row">Container</th>${role}<td></td><td></td><td></td><td>${totals.containerBytes}</td></tr>
<tr><th scope="row">File</th>${role}<td></td><td></td><td>${decimal(totals.rate, digits)}</td><td>${totals.bytes}</td></tr></tfoot>
</table></div>${reasons(report)}`;
}

/** All measures, those that the charts show first: the rest of the table may lie beyond the screen. */
function tableMetrics({ metrics, medium }: LayerReport): LayerReport["metrics"] {
  if (medium === "audio") return metrics;
  const isShown = ({ name }: { name: string }) => shown[medium].includes(name);
  return [...metrics.filter(isShown), ...metrics.filter((metric) => !isShown(metric))];
}

const mediumNames = { audio: "sound", image: "picture" };

/** Digits of a rate. */
function rateDigits({ rateUnit }: LayerReport): number {
  return rateUnit === "kbit/s" ? 2 : 3;
}

/** Bits of a code where something is known of it; a column is left out where no layer has the value. */
function bitColumns({ layers }: LayerReport) {
  const columns = [
    { field: "conditionalEntropyBits", head: "Given the layer below" },
    { field: "contextBits", head: "As coded" },
  ] as const;
  return columns.filter(({ field }) => layers.some((layer) => layer[field] !== null));
}

/** Why values do not exist, one line a layer and reason. */
function reasons(report: LayerReport): string {
  const lines = report.layers.flatMap((layer) =>
    [...new Set(Object.values(layer.missing))].map((reason) => {
      const fields = Object.keys(layer.missing).filter((field) => layer.missing[field] === reason);
      return `<li>Layer ${layerName(report, layer)}, ${escapeHtml(fields.join(", "))}: ${escapeHtml(reason)}.</li>`;
    }),
  );
  if (lines.length === 0) return "";
  return `<details><summary>Why some values do not exist</summary><ul>${lines.join("")}</ul></details>`;
}

function tableRow(report: LayerReport, layer: LayerReportRow): string {
  const cell = (text: string, field: string) => {
    const reason = layer.missing[field];
    return reason === undefined ? `<td>${text}</td>` : `<td title="${escapeHtml(reason)}">${text}</td>`;
  };
  const percent = (share: number | null) => (share === null ? "–" : `${decimal(100 * share, 1)} %`);
  return `<tr><th scope="row">${layerName(report, layer)}</th>${[
    ...(report.medium === "image" ? [cell(layer.role, "")] : []),
    cell(String(layer.alphabet), ""),
    cell(decimal(layer.nominalRate, 2), "nominalRate"),
    cell(decimal(layer.rate, rateDigits(report)), "rate"),
    cell(String(layer.fileBytes), ""),
    cell(decimal(layer.entropyBits, 2), ""),
    ...bitColumns(report).map(({ field }) => cell(decimal(layer[field], 2), field)),
    cell(percent(layer.usage), ""),
    cell(decimal(layer.perplexity, layer.perplexity < 10 ? 1 : 0), ""),
    cell(String(layer.deadCodes), ""),
    cell(percent(layer.energyExplained), "energyExplained"),
    ...tableMetrics(report).map(({ name, unit }) =>
      cell(decimal(layer.quality[name], unit ? 2 : 3), `quality.${name}`),
    ),
  ].join("")}</tr>`;
}

function costPanel(report: LayerReport): BarPanel {
  const note = "Bytes of the file that belong to the layer.";
  const look = { accent: false, digits: rateDigits(report) };
  return panel(report, `Spent, ${report.rateUnit}`, note, look, "rate", ({ rate }) => rate);
}

function bitPanels(report: LayerReport): BarPanel[] {
  if (report.layers.every(({ contextBits }) => contextBits === null)) return [];
  const note = "What a code costs by the probabilities that it is coded with.";
  const look = { accent: false, digits: 2 };
  return [panel(report, "Bits of a code", note, look, "contextBits", ({ contextBits }) => contextBits)];
}

function energyPanel(report: LayerReport): BarPanel {
  const note = "Share of the latent’s energy that this layer adds to the sum.";
  const percent = ({ energyAdded }: LayerReportRow) => (energyAdded === null ? null : 100 * energyAdded);
  return panel(report, "Energy added, %", note, { accent: true, digits: 1 }, "energyAdded", percent);
}

function gainPanels(report: LayerReport): BarPanel[] {
  return shownMetrics(report).map(({ name, label, unit, better }) => {
    const note = `${better === "higher" ? "Rise" : "Fall"} over the prefix before; the first has none before it.`;
    const title = `${label} ${better === "higher" ? "gained" : "removed"}${unit ? `, ${unit}` : ""}`;
    const look = { accent: true, digits: unit ? 2 : 3 };
    return panel(report, title, note, look, `gain.${name}`, ({ gain }) => gain[name] ?? null);
  });
}

function pricePanels(report: LayerReport): BarPanel[] {
  const { rateUnit, metrics, medium } = report;
  return metrics
    .filter(({ name }) => name === priced[medium])
    .map(({ name, label, unit, better }) => {
      const verb = better === "higher" ? "gained" : "removed";
      const title = `${label} ${verb}${unit ? `, ${unit}` : ""} per ${rateUnit}`;
      const note = `What a ${rateUnit} buys: short bars are layers that hardly earn their bits.`;
      const look = { accent: true, digits: unit ? 1 : 4 };
      return panel(report, title, note, look, `gain.${name}`, (layer) => price(layer, name));
    });
}

function lossPanels(report: LayerReport): BarPanel[] {
  return report.metrics
    .filter(({ name }) => name === priced[report.medium])
    .map(({ name, label, unit }) => {
      const title = `${label} lost without the layer${unit ? `, ${unit}` : ""}`;
      const note = "The layers above it need it and go with it; without the first nothing is left.";
      const look = { accent: true, digits: unit ? 2 : 3 };
      return panel(report, title, note, look, `loss.${name}`, ({ loss }) => loss[name] ?? null);
    });
}

function price({ gain, rate }: LayerReportRow, metric: string): number | null {
  const step = gain[metric];
  return typeof step === "number" && rate !== null && rate > 0 ? step / rate : null;
}

function panel(
  report: LayerReport,
  title: string,
  note: string,
  look: { accent: boolean; digits: number },
  field: string,
  value: (layer: LayerReportRow) => number | null,
): BarPanel {
  const bars = report.layers.map((layer) => ({
    label: layerName(report, layer),
    value: value(layer),
    reason: `has no value (${layer.missing[field] ?? "no rate"})`,
  }));
  return { title, note, ...look, bars };
}
