import type { LayerReport, LayerReportRow } from "@nacre/inspect";
import { type BarPanel, barPanel } from "./bar-panel.js";
import { decimal, escapeHtml } from "./html.js";

/** How a layer is called: its place among the content layers, or "s1" for the first side layer. */
export function layerName(report: LayerReport, layer: LayerReportRow): string {
  if (layer.role === "content") return String(layer.prefix);
  const side = report.layers.filter(({ role, index }) => role === "side" && index <= layer.index);
  return `s${side.length}`;
}

/** The bar charts: what each layer costs, beside what it gives. */
export function layerPanels(report: LayerReport): string {
  const panels = [costPanel(report), energyPanel(report), ...gainPanels(report), ...pricePanels(report)];
  return `<div class="panels">${panels.map(barPanel).join("\n")}</div>`;
}

/** In words: which layer's bits buy the most and the least, by mel distance per kbit/s. */
export function layerVerdict(report: LayerReport): string {
  const ranked = report.layers
    .filter((layer) => typeof layer.gain.melDistance === "number" && (layer.kbps ?? 0) > 0)
    .toSorted((a, b) => price(b, "melDistance")! - price(a, "melDistance")!);
  const [best, worst] = [ranked[0], ranked.at(-1)];
  if (!best || !worst || best === worst) return "";
  const harmful = report.layers.filter(({ gain }) => (gain.melDistance ?? 0) < 0);
  const warning =
    harmful.length === 0
      ? ""
      : ` Mel distance gets worse with layer ${harmful.map(({ prefix }) => prefix).join(", ")}.`;
  return `Bit for bit, after the first layer, layer ${best.prefix} improves the mel distance most and layer ${worst.prefix} least.${warning}`;
}

/** The report's numbers as a table with caption, scopes and totals. */
export function layerTableHtml(report: LayerReport): string {
  const heads = [
    "Layer",
    "Entries",
    "Nominal kbit/s",
    "File kbit/s",
    "File bytes",
    "Entropy, bit/code",
    "Usage",
    "Perplexity",
    "Dead",
    "Energy explained",
    ...report.metrics.map(({ short, unit }) => (unit ? `${short}, ${unit}` : short)),
  ];
  const { totals } = report;
  return `<div class="scroll" tabindex="0" role="region" aria-label="Layer table"><table>
<caption><span>One line a layer. Energy and measures belong to the sound of all content layers up to the line; “–” is a value that does not exist.</span></caption>
<thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join("")}</tr></thead>
<tbody>${report.layers.map((layer) => tableRow(report, layer)).join("\n")}</tbody>
<tfoot><tr><th scope="row">Container</th><td></td><td></td><td></td><td>${totals.containerBytes}</td></tr>
<tr><th scope="row">File</th><td></td><td></td><td>${decimal(totals.kbps, 2)}</td><td>${totals.bytes}</td></tr></tfoot>
</table></div>${reasons(report)}`;
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
    cell(String(layer.alphabet), ""),
    cell(decimal(layer.nominalKbps, 2), "nominalKbps"),
    cell(decimal(layer.kbps, 2), "kbps"),
    cell(String(layer.fileBytes), ""),
    cell(decimal(layer.entropyBits, 2), ""),
    cell(percent(layer.usage), ""),
    cell(decimal(layer.perplexity, 0), ""),
    cell(String(layer.deadCodes), ""),
    cell(percent(layer.energyExplained), "energyExplained"),
    ...report.metrics.map(({ name, unit }) =>
      cell(decimal(layer.quality[name], unit ? 2 : 3), `quality.${name}`),
    ),
  ].join("")}</tr>`;
}

function costPanel(report: LayerReport): BarPanel {
  const note = "Bytes of the file that belong to the layer.";
  return panel(report, "Spent, kbit/s", note, { accent: false, digits: 2 }, "kbps", ({ kbps }) => kbps);
}

function energyPanel(report: LayerReport): BarPanel {
  const note = "Share of the latent’s energy that this layer adds to the sum.";
  const percent = ({ energyAdded }: LayerReportRow) => (energyAdded === null ? null : 100 * energyAdded);
  return panel(report, "Energy added, %", note, { accent: true, digits: 1 }, "energyAdded", percent);
}

/** The measures that say different things: waveform, timbre, intelligibility. */
const shown = ["siSdr", "melDistance", "stoi"];

function gainPanels(report: LayerReport): BarPanel[] {
  return report.metrics
    .filter(({ name }) => shown.includes(name))
    .map(({ name, label, unit, better }) => {
      const note = `${better === "higher" ? "Rise" : "Fall"} over the prefix before; the first has none before it.`;
      const title = `${label} ${better === "higher" ? "gained" : "removed"}${unit ? `, ${unit}` : ""}`;
      return panel(
        report,
        title,
        note,
        { accent: true, digits: unit ? 2 : 3 },
        `gain.${name}`,
        ({ gain }) => gain[name] ?? null,
      );
    });
}

function pricePanels(report: LayerReport): BarPanel[] {
  return report.metrics
    .filter(({ name }) => name === "melDistance")
    .map(({ name, label }) => {
      const note = "What a kilobit buys: short bars are layers that hardly earn their bits.";
      const value = (layer: LayerReportRow) => price(layer, name);
      return panel(
        report,
        `${label} removed per kbit/s`,
        note,
        { accent: true, digits: 4 },
        `gain.${name}`,
        value,
      );
    });
}

function price({ gain, kbps }: LayerReportRow, metric: string): number | null {
  const step = gain[metric];
  return typeof step === "number" && kbps !== null && kbps > 0 ? step / kbps : null;
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
