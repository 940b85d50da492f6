import type { LayerReport } from "./layer-report.js";
import { aligned, cut, layerHead, layerTable, tableWidth } from "./layer-table.js";
import { driftOfUse } from "./measures/drift.js";

type Described = LayerReport["measures"][number];
type Values = Record<string, number | number[] | null>;

/** Values of a list that a line shows. */
const listed = 12;

/**
 * The layer table, and behind it every measure that was asked for by name or by asking for all, and drift where there
 * is something to drift from.
 *
 * asked  as InspectOptions.measures; without it the layer table alone
 */
export function inspectionTable(report: LayerReport, asked?: readonly string[] | "all"): string {
  const names = asked === "all" ? report.measures.map(({ name }) => name) : (asked ?? []);
  const further = measureTables(report, names);
  return further === "" ? layerTable(report) : `${layerTable(report)}\n\n${further}`;
}

/**
 * Further measures of a report as plain text for a terminal, no line longer than 110 columns: one block a measure,
 * its title, a line for the whole and one for each layer that it says something of.
 *
 * names  of the measures to show; those whose values are in the layer table are passed over
 */
function measureTables(report: LayerReport, names: readonly string[]): string {
  return report.measures
    .filter(({ name, rows }) => rows.length === 0 && (names.includes(name) || name === driftOfUse.name))
    .filter((measure) => measure.name !== driftOfUse.name || linesOf(report, measure).length > 0)
    .map((measure) => block(report, measure))
    .join("\n\n");
}

function block(report: LayerReport, measure: Described): string {
  const lines = linesOf(report, measure);
  const { name, title, unit } = measure;
  const head = `${title}${unit ? `, ${unit}` : ""} (${name})`;
  if (lines.length === 0) return `${head}\nnothing to say of this ${subjects[report.medium]}`;
  const shown = measure.fields.filter((field) => lines.some(({ values }) => field.name in values));
  const isList = ({ name: field }: { name: string }) =>
    lines.some(({ values }) => Array.isArray(values[field]));
  const columns = [
    ["", ...lines.map(({ line }) => line)],
    ...shown
      .filter((field) => !isList(field))
      .map(({ name: field, label }) => [label, ...lines.map(({ values }) => text(values[field] ?? null))]),
  ];
  const rows = aligned(columns);
  // Lists go last, as their lengths differ.
  const lists = shown.filter(isList);
  const ends = [
    lists.map(({ label }) => label).join("; "),
    ...lines.map(({ values }) => ending(lists, values)),
  ];
  const body = rows.map((row, at) => cut(`${row}  ${ends[at]}`.trimEnd(), tableWidth));
  return [cut(head, tableWidth), ...body, ...reasons(report, measure)].join("\n");
}

const subjects = { audio: "sound", image: "picture" };

function linesOf(report: LayerReport, measure: Described): { line: string; values: Values }[] {
  const { name, index } = measure;
  const whole = report.whole[name];
  if (whole && index) return places(whole, index);
  const layers = report.layers.flatMap((layer) => {
    const values = layer.measures[name];
    return values ? [{ line: layerHead(layer), values }] : [];
  });
  return whole ? [{ line: "whole", values: whole }, ...layers] : layers;
}

/** Lists side by side, a line for each of their places. */
function places(whole: Values, { label, first }: NonNullable<Described["index"]>) {
  const count = Math.max(
    0,
    ...Object.values(whole).map((value) => (Array.isArray(value) ? value.length : 0)),
  );
  return Array.from({ length: count }, (_, at) => ({
    line: `${label} ${first + at}`,
    values: Object.fromEntries(
      Object.entries(whole).map(([name, value]) => [
        name,
        Array.isArray(value) ? (value[at] ?? null) : value,
      ]),
    ),
  }));
}

function ending(lists: readonly { name: string }[], values: Values): string {
  return lists.map(({ name }) => list(values[name] ?? null)).join("; ");
}

function list(value: Values[string]): string {
  if (!Array.isArray(value)) return text(value ?? null);
  if (value.length === 0) return "none";
  const first = value.slice(0, listed).map(text).join(" ");
  return value.length > listed ? `${first} ... (${value.length})` : first;
}

function text(value: number | number[] | null): string {
  return value === null || Array.isArray(value) ? "-" : significant(value);
}

/** A number with three digits that count; whole numbers as they are. */
export function significant(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size < 0.001) return value.toExponential(1);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

function reasons(report: LayerReport, { name }: Described): string[] {
  const own = report.layers.flatMap(({ missing }) =>
    Object.entries(missing).flatMap(([field, reason]) =>
      field.startsWith(`measures.${name}.`) ? [reason] : [],
    ),
  );
  const whole = Object.entries(report.missing).flatMap(([field, reason]) =>
    field.startsWith(`${name}.`) ? [reason] : [],
  );
  return [...new Set([...whole, ...own])].map((reason) => cut(`-: ${reason}`, tableWidth));
}
