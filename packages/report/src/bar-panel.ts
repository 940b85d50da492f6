import { decimal, escapeHtml } from "./html.js";

/**
 * One quantity over the layers.
 *
 * title   what the bars are, with unit
 * note    a sentence under the title
 * accent  true for what a layer gives, false for what it costs
 * bars    one a layer; null has no bar, its reason is told
 */
export type BarPanel = {
  title: string;
  note: string;
  accent: boolean;
  digits: number;
  bars: { label: string; value: number | null; reason: string }[];
};

const [panelWidth, valueWidth, rowHeight, barHeight] = [320, 62, 24, 14];

/** Horizontal bars as inline SVG, one row a layer, on an axis of the panel's own that always has 0. */
export function barPanel(panel: BarPanel): string {
  const values = panel.bars.map(({ value }) => value ?? 0);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const span = high - low || 1;
  const labelWidth = panel.bars.some(({ label }) => label.length > 3) ? 48 : 34;
  const field = panelWidth - labelWidth - valueWidth;
  const x = (value: number) => labelWidth + ((value - low) / span) * field;
  const rows = panel.bars.map((bar, i) => barRow(bar, i, panel.digits, labelWidth, x));
  const height = rowHeight * panel.bars.length;
  const words = panel.bars.map(
    (bar) => `${bar.label} ${bar.value === null ? bar.reason : decimal(bar.value, panel.digits)}`,
  );
  return `<figure class="panel"><figcaption><b>${escapeHtml(panel.title)}</b><br><span>${escapeHtml(panel.note)}</span></figcaption>
<svg viewBox="0 0 ${panelWidth} ${height}" role="img" aria-label="${escapeHtml(`${panel.title}, by layer: ${words.join("; ")}.`)}" class="${panel.accent ? "gives" : "costs"}">
<line x1="${round(x(0))}" x2="${round(x(0))}" y1="0" y2="${height}"/>
${rows.join("\n")}
</svg></figure>`;
}

function barRow(
  { label, value }: BarPanel["bars"][number],
  row: number,
  digits: number,
  labelWidth: number,
  x: (value: number) => number,
): string {
  const middle = rowHeight * (row + 0.5);
  const [from, to] = [Math.min(x(0), x(value ?? 0)), Math.max(x(0), x(value ?? 0))];
  const bar = `<rect x="${round(from)}" y="${middle - barHeight / 2}" width="${round(Math.max(1, to - from))}" height="${barHeight}" rx="2"/>`;
  return `<text class="name" x="${labelWidth - 8}" y="${middle + 4}">${escapeHtml(label)}</text>${
    value === null ? "" : bar
  }<text x="${round(to + 6)}" y="${middle + 4}">${decimal(value, digits)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
