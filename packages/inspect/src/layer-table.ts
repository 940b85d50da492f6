import type { LayerReport, LayerReportRow, PictureReport, SoundReport } from "./layer-report.js";

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
  const fixed = layerColumns(report);
  const measures = tableMetrics(report).map(
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

/** Those of a picture differ little between their kinds: the two that say different things come first. None where quality was not asked for. */
function tableMetrics({ metrics, medium, measures }: LayerReport): LayerReport["metrics"] {
  if (!measures.some(({ name }) => name === "quality")) return [];
  if (medium === "audio") return metrics;
  const first = ["psnrRgb", "msSsim", "msSsimDecibels", "ssim"];
  return metrics
    .filter(({ name }) => first.includes(name))
    .sort((a, b) => first.indexOf(a.name) - first.indexOf(b.name));
}

const rateHeads = { "kbit/s": "kbit/s", "bit/pixel": "bpp" };

function layerColumns({ layers, rateUnit, medium }: LayerReport): Column[] {
  const column = (head: string, text: (layer: LayerReportRow) => string): Column => [
    head,
    ...layers.map(text),
  ];
  return [
    column("layer", layerHead),
    column("entries", ({ alphabet }) => String(alphabet)),
    column("nominal", ({ nominalRate }) => fixedText(nominalRate, 2)),
    column(rateHeads[rateUnit], ({ rate }) => fixedText(rate, rateUnit === "kbit/s" ? 2 : 3)),
    column("bits", ({ entropyBits }) => entropyBits.toFixed(2)),
    ...(medium === "image" ? bitColumns(layers) : []),
    column("usage", ({ usage }) => `${(100 * usage).toFixed(0)}%`),
    column("perpl.", ({ perplexity }) => perplexity.toFixed(0)),
    column("dead", ({ deadCodes }) => String(deadCodes)),
    column("energy", ({ energyExplained }) => percent(energyExplained)),
  ];
}

/** How a line names its layer: its number among the content layers, or its role. */
export function layerHead({ role, prefix }: LayerReportRow): string {
  return role === "content" ? String(prefix) : role;
}

/** Bits of a code where something is known of it; a column is left out where no layer has the value. */
const bitFields = [
  {
    ...{ head: "given", field: "conditionalEntropyBits" as const },
    note: "given: bits of a code where the one of the layer below is known.",
  },
  {
    ...{ head: "coded", field: "contextBits" as const },
    note: "coded: bits of a code by the codec's own probabilities.",
  },
];

function knownBits(layers: LayerReportRow[]) {
  return bitFields.filter(({ field }) => layers.some((layer) => layer[field] !== null));
}

// A sound's measures leave no room for them; JSON and page have them.
function bitColumns(layers: LayerReportRow[]): Column[] {
  return knownBits(layers).map(({ head, field }) => [
    head,
    ...layers.map((layer) => fixedText(layer[field], 2)),
  ]);
}

function headLines(report: LayerReport): string[] {
  const facts = report.medium === "audio" ? soundFacts(report) : pictureFacts(report);
  return [[plainText(report.model), ...facts].join(" · ")];
}

function soundFacts({ duration, sampleRate, channels }: SoundReport): string[] {
  return [`${duration.toFixed(2)} s`, `${sampleRate} Hz`, `${channels} channel${channels === 1 ? "" : "s"}`];
}

function pictureFacts({ width, height, colour, bitDepth, tiles = [] }: PictureReport): string[] {
  const others = `${tiles.length} tile${tiles.length === 1 ? "" : "s"} stored otherwise`;
  const facts = [`${width} x ${height} pixels`, `${colour === "rgb" ? "RGB" : "grey"}, ${bitDepth} bits`];
  return tiles.length === 0 ? facts : [...facts, others];
}

function totalsLine({ totals, rateUnit }: LayerReport): string {
  const rate =
    totals.rate === null ? "" : `, ${totals.rate.toFixed(rateUnit === "kbit/s" ? 2 : 3)} ${rateUnit}`;
  return `file ${totals.bytes} bytes${rate}; container ${totals.containerBytes} bytes (${percent(totals.containerShare)})`;
}

function notes({ layers, rateUnit, medium }: LayerReport): string[] {
  const few = layers.some(({ codes, alphabet }) => codes < 10 * alphabet);
  return [
    `nominal: ${rateUnit} without entropy coding; bits: entropy of a code; energy, measures: of the prefix so far.`,
    ...(medium === "image" ? knownBits(layers).map(({ note }) => note) : []),
    ...(few
      ? [`Less than ten codes an entry: usage and bits read low; a ${larger[medium]} tells more.`]
      : []),
  ];
}

const larger = { audio: "longer sound", image: "larger picture" };

/** Columns side by side, each as wide as its longest text, which stand at its right. */
export function aligned(columns: Column[]): string[] {
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

/** A line that is no longer than `most`. */
export function cut(line: string, most: number): string {
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
