import { type LayerReport, significant } from "@nacre/inspect";
import { escapeHtml } from "./html.js";
import { layerName } from "./layer-figures.js";

type Described = LayerReport["measures"][number];
type Values = Record<string, number | number[] | null>;

/** Values of a list that a cell shows. */
const listed = 16;

/** Every further measure of a report, a table each behind its title; "" where none was taken. */
export function measureTablesHtml(report: LayerReport): string {
  return report.measures
    .filter(({ rows }) => rows.length === 0)
    .map((measure) => measureHtml(report, measure))
    .join("\n");
}

function measureHtml(report: LayerReport, measure: Described): string {
  const lines = linesOf(report, measure);
  if (lines.length === 0) return "";
  const { title, unit, fields } = measure;
  const shown = fields.filter(({ name }) => lines.some(({ values }) => name in values));
  const heads = shown.map(({ label, unit: own }) => (own && own !== unit ? `${label}, ${own}` : label));
  const body = lines.map(({ line, values, reasons }) => {
    const cells = shown.map(({ name }) => cell(values[name] ?? null, reasons(name)));
    return `<tr><th scope="row">${escapeHtml(line)}</th>${cells.join("")}</tr>`;
  });
  const name = escapeHtml(unit ? `${title}, ${unit}` : title);
  return `<details><summary>${name}</summary><div class="scroll" tabindex="0" role="region" aria-label="${name}"><table>
<thead><tr>${["Layer", ...heads].map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join("")}</tr></thead>
<tbody>${body.join("\n")}</tbody></table></div></details>`;
}

/** One line a layer, after that of the whole; lists of the whole that have an index are lines of their own. */
function linesOf(report: LayerReport, { name, index }: Described) {
  const whole = report.whole[name];
  if (whole && index) return placesOf(whole, index, (field) => report.missing[`${name}.${field}`]);
  const layers = report.layers.flatMap((layer) => {
    const values = layer.measures[name];
    const reasons = (field: string) => layer.missing[`measures.${name}.${field}`];
    return values ? [{ line: layerName(report, layer), values, reasons }] : [];
  });
  const reasons = (field: string) => report.missing[`${name}.${field}`];
  return whole ? [{ line: "whole", values: whole, reasons }, ...layers] : layers;
}

function placesOf(
  whole: Values,
  { label, first }: NonNullable<Described["index"]>,
  reasons: (field: string) => string | undefined,
) {
  const lengths = Object.values(whole).map((value) => (Array.isArray(value) ? value.length : 1));
  return Array.from({ length: Math.max(0, ...lengths) }, (_, at) => ({
    line: `${label} ${first + at}`,
    values: Object.fromEntries(
      Object.entries(whole).map(([name, value]) => [
        name,
        Array.isArray(value) ? (value[at] ?? null) : value,
      ]),
    ),
    reasons,
  }));
}

function cell(value: Values[string], reason: string | undefined): string {
  const title = reason === undefined ? "" : ` title="${escapeHtml(reason)}"`;
  if (!Array.isArray(value)) return `<td${title}>${number(value)}</td>`;
  const first = value.slice(0, listed).map(number).join(" ");
  return `<td>${value.length > listed ? `${first} … (${value.length})` : first || "none"}</td>`;
}

function number(value: number | null): string {
  return value === null ? "–" : significant(value).replaceAll("-", "−");
}
