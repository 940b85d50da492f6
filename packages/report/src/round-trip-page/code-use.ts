import { decimal, escapeHtml } from "../html.js";
import { section } from "../page-frame.js";
import type { RoundTripReport } from "../round-trip/schema.js";
import { layerLabel } from "./layers.js";

const [width, height] = [280, 140];
const plot = { left: 50, right: 276, top: 8, bottom: 120 };

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
          `<p class="quiet">Shares of the codes on a log scale, from the most used to the least; the dashed line is what each would have if all were used alike. What lies empty on the right is codes that are never used.</p>
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
  if (all === 0) {
    return `<figure class="panel use"><figcaption><b>${escapeHtml(name)}</b><br><span>no codes</span></figcaption></figure>`;
  }
  const shares = sorted.filter((count) => count > 0).map((count) => count / all);
  const tenth = shares.slice(0, Math.ceil(alphabet / 10)).reduce((sum, share) => sum + share, 0);
  const words = `${codesOfHalf(sorted, all)} of ${alphabet} codes make half of all uses; the first tenth makes ${decimal(100 * tenth, 0)} %`;
  const alt = `${name}: ${words}; the most used code has ${decimal(100 * shares[0]!, 2)} %, ${shares.length} codes are used at all.`;
  return `<figure class="panel use"><figcaption><b>${escapeHtml(name)}</b><br><span>${words}</span></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(alt)}">${surface(shares, alphabet)}</svg></figure>`;
}

/** Shares of codes by rank on a log scale; the dashed line is the share of each if all were used alike. */
function surface(shares: number[], alphabet: number): string {
  const [top, low] = [shares[0]!, Math.min(shares.at(-1)!, 1 / alphabet)].map(Math.log10) as [number, number];
  const floor = low - 0.25;
  const y = (share: number) =>
    round(plot.top + ((top - Math.log10(share)) / (top - floor || 1)) * (plot.bottom - plot.top));
  const x = (rank: number) => round(plot.left + (rank / alphabet) * (plot.right - plot.left));
  const decades = Array.from({ length: 9 }, (_, i) => 10 ** -i).filter(
    (share) => Math.log10(share) <= top + 1e-9 && Math.log10(share) >= floor,
  );
  const grid = decades.map(
    (share) =>
      `<line x1="${plot.left}" x2="${plot.right}" y1="${y(share)}" y2="${y(share)}"/><text class="name" x="${plot.left - 5}" y="${y(share) + 4}">${Number((100 * share).toPrecision(1))} %</text>`,
  );
  const alike = `<line class="alike" x1="${plot.left}" x2="${plot.right}" y1="${y(1 / alphabet)}" y2="${y(1 / alphabet)}"/>`;
  return `${grid.join("")}<path d="${steps(shares, x, y)}"/>${alike}<text class="left" x="${plot.left}" y="${height - 3}">most used</text><text class="name" x="${plot.right}" y="${height - 3}">${alphabet} codes</text>`;
}

/** A surface of at most as many steps as there are units across; of the codes of a step the mean is drawn. */
function steps(shares: number[], x: (rank: number) => number, y: (share: number) => number): string {
  const by = Math.ceil(shares.length / (plot.right - plot.left));
  const parts = Array.from({ length: Math.ceil(shares.length / by) }, (_, i) => {
    const part = shares.slice(i * by, (i + 1) * by);
    return `V${y(part.reduce((sum, share) => sum + share, 0) / part.length)}H${x(i * by + part.length)}`;
  });
  return `M${plot.left},${plot.bottom}${parts.join("")}V${plot.bottom}z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
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
