import type { LayerReport, LayerReportRow } from "./layer-report.js";

/** No line of a layer table is longer than this. */
export const tableWidth = 110;

/**
 * A layer report as aligned plain text for a terminal, no line longer than 110 columns: a head, one line a layer
 * and a line of totals. Measures that do not fit are left out from the right; a value that does not exist is "-".
 */
export function layerTable(report: LayerReport): string {
  const lines = aligned(fittingColumns(report).map((column) => column.map(plainText)));
  return [...headLines(report), "", ...lines, "", totalsLine(report), ...notes(report)]
    .map((line) => cut(line, tableWidth))
    .join("\n");
}

/** A column: its head, then one text a layer. */
type Column = string[];

function fittingColumns(report: LayerReport): Column[] {
  const fixed = layerColumns(report.layers);
  const measures = report.metrics.map(
    ({ name, short }): Column => [
      short,
      ...report.layers.map((layer) =>
        fixedText(layer.quality[name] ?? null, 2 + Number(isSmall(report, name))),
      ),
    ],
  );
  while (measures.length > 0 && width([...fixed, ...measures]) > tableWidth) measures.pop();
  return [...fixed, ...measures];
}

function layerColumns(layers: LayerReportRow[]): Column[] {
  const column = (head: string, text: (layer: LayerReportRow) => string): Column => [
    head,
    ...layers.map(text),
  ];
  return [
    column("layer", ({ role, prefix }) => (role === "side" ? "side" : String(prefix))),
    column("entries", ({ alphabet }) => String(alphabet)),
    column("nominal", ({ nominalKbps }) => fixedText(nominalKbps, 2)),
    column("kbit/s", ({ kbps }) => fixedText(kbps, 2)),
    column("bits", ({ entropyBits }) => entropyBits.toFixed(2)),
    column("usage", ({ usage }) => `${(100 * usage).toFixed(0)}%`),
    column("perpl.", ({ perplexity }) => perplexity.toFixed(0)),
    column("dead", ({ deadCodes }) => String(deadCodes)),
    column("energy", ({ energyExplained }) => percent(energyExplained)),
  ];
}

function headLines({ model, duration, sampleRate, channels }: LayerReport): string[] {
  return [
    `${plainText(model)} · ${duration.toFixed(2)} s · ${sampleRate} Hz · ${channels} channel${channels === 1 ? "" : "s"}`,
  ];
}

function totalsLine({ totals }: LayerReport): string {
  const rate = totals.kbps === null ? "" : `, ${totals.kbps.toFixed(2)} kbit/s`;
  return `file ${totals.bytes} bytes${rate}; container ${totals.containerBytes} bytes (${percent(totals.containerShare)})`;
}

function notes({ layers }: LayerReport): string[] {
  const few = layers.some(({ codes, alphabet }) => codes < 10 * alphabet);
  return [
    "nominal: kbit/s without entropy coding; bits: entropy of a code; energy, measures: of the prefix so far.",
    ...(few ? ["Less than ten codes an entry: usage and bits read low; a longer sound tells more."] : []),
  ];
}

function aligned(columns: Column[]): string[] {
  const widths = columns.map((column) => Math.max(...column.map((text) => text.length)));
  return columns[0]!.map((_, row) =>
    columns.map((column, i) => column[row]!.padStart(widths[i]!)).join("  "),
  );
}

function width(columns: Column[]): number {
  return aligned(columns)[0]!.length;
}

/** Measures without a unit lie near 0 .. 1 and need a digit more. */
function isSmall(report: LayerReport, name: string): boolean {
  return report.metrics.find((metric) => metric.name === name)?.unit === "";
}

function fixedText(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits);
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(1)}%`;
}

// Names come from files: a control character must not steer the terminal.
function plainText(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}

function cut(line: string, most: number): string {
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
