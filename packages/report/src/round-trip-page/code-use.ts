import { decimal, escapeHtml } from "../html.js";
import { section } from "../page-frame.js";
import type { RoundTripReport } from "../round-trip/schema.js";
import { layerLabel } from "./layers.js";

const [width, height] = [280, 110];

/** How evenly each layer's codes are used, and each code decoded alone; nothing where the report has neither. */
export function codeUse(report: RoundTripReport): string {
  const use = report.use ?? [];
  const atlas = report.atlas ?? [];
  const histograms =
    use.length === 0
      ? ""
      : section(
          "use",
          "How codes are used",
          `<p class="quiet">Codes from the most used to the least; the line is what every code would have if all were used alike. A flat figure is a layer whose bits carry much.</p>
<div class="panels">${use.map((each) => histogram(report, each)).join("\n")}</div>`,
        );
  const alone =
    atlas.length === 0
      ? ""
      : section(
          "atlas",
          "What single codes are",
          `<p class="quiet">Each code decoded alone, the most used first.</p>\n${atlas.map((each, i) => atlasOf(report, each, i)).join("\n")}`,
        );
  return histograms + alone;
}

function labelOf(report: RoundTripReport, index: number): string {
  const layer = report.layers.find((each) => each.index === index);
  return layer ? layerLabel(report, layer) : String(index);
}

function histogram(report: RoundTripReport, { layer, counts }: { layer: number; counts: number[] }): string {
  const sorted = counts.toSorted((a, b) => b - a);
  const all = sorted.reduce((sum, count) => sum + count, 0);
  const alphabet = Math.max(1, report.layers.find(({ index }) => index === layer)?.alphabet ?? sorted.length);
  const name = `Layer ${labelOf(report, layer)}`;
  if (all === 0)
    return `<figure class="panel use"><figcaption><b>${name}</b><br><span>no codes</span></figcaption></figure>`;
  const tenth = sorted.slice(0, Math.ceil(alphabet / 10)).reduce((sum, count) => sum + count, 0) / all;
  const half = codesOfHalf(sorted, all);
  const words = `${half} of ${alphabet} codes make half of all uses; the first tenth makes ${decimal(100 * tenth, 0)} %`;
  const top = Math.max(sorted[0]! / all, 2 / alphabet);
  const y = (share: number) => (height * (1 - share / top)).toFixed(1);
  return `<figure class="panel use"><figcaption><b>${escapeHtml(name)}</b><br><span>${words}</span></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`${name}: ${words}; the most used code has ${decimal((100 * sorted[0]!) / all, 2)} %, ${sorted.filter((count) => count > 0).length} codes are used at all.`)}" preserveAspectRatio="none"><path d="${steps(sorted, all, alphabet, y)}"/><line x1="0" x2="${width}" y1="${y(1 / alphabet)}" y2="${y(1 / alphabet)}"/></svg>
<div class="ends" aria-hidden="true"><span>most used ${decimal((100 * sorted[0]!) / all, 2)} %</span><span>${alphabet} codes</span></div></figure>`;
}

/** A surface of at most as many steps as it is wide; of the codes of a step the mean is drawn. */
function steps(sorted: number[], all: number, alphabet: number, y: (share: number) => string): string {
  const count = Math.min(width, alphabet);
  const parts = Array.from({ length: count }, (_, i) => {
    const [from, to] = [Math.floor((i * alphabet) / count), Math.floor(((i + 1) * alphabet) / count)];
    const sum = sorted.slice(from, to).reduce((total, uses) => total + uses, 0);
    return `V${y(sum / all / (to - from))}H${((width * (i + 1)) / count).toFixed(1)}`;
  });
  return `M0,${height}${parts.join("")}V${height}z`;
}

function codesOfHalf(sorted: number[], all: number): number {
  let sum = 0;
  const at = sorted.findIndex((count) => {
    sum += count;
    return sum >= all / 2;
  });
  return at + 1;
}

type Atlas = NonNullable<RoundTripReport["atlas"]>[number];

/** Its codes are put in by the page's script when it is opened: their pictures and sounds stand in the JSON alone. */
function atlasOf(report: RoundTripReport, { layer, codes }: Atlas, at: number): string {
  const title = `Layer ${labelOf(report, layer)}, ${codes.length} codes`;
  return `<details data-atlas="${at}"${at === 0 ? " open" : ""}><summary>${escapeHtml(title)}</summary><ul class="atlas"></ul></details>`;
}
