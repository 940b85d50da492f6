import type { Interval } from "@nacre/metrics";
import { type Difference, isReal, type SettingSummary, type Summary } from "./summary.js";

type Column = { head: string; figure: string; digits: number; percent?: true };

/** What is shown of each codebook stack, and of the sound of its prefixes. */
const layers = [1, 2, 4, 6];
const codebooks: Column[] = [
  { head: "usage %", figure: "usage", digits: 1, percent: true },
  { head: "perplexity", figure: "perplexity", digits: 0 },
  ...layers.map((k) => ({ head: `error %, ${k}`, figure: `error.${k}`, digits: 1, percent: true as const })),
  { head: "replaced", figure: "replaced", digits: 0 },
];
const sound: Column[] = [
  ...layers.map((k) => ({ head: `mel, ${k}`, figure: `melDistance.${k}`, digits: 3 })),
  ...layers.map((k) => ({ head: `SI-SDR, ${k}`, figure: `siSdr.${k}`, digits: 2 })),
  ...layers.map((k) => ({ head: `STOI, ${k}`, figure: `stoi.${k}`, digits: 3 })),
];
const changes: Column[] = [
  { head: "usage %", figure: "usage", digits: 1, percent: true },
  { head: "perplexity", figure: "perplexity", digits: 0 },
  { head: "error %, 6", figure: "error.6", digits: 2, percent: true },
  { head: "mel, 6", figure: "melDistance.6", digits: 3 },
  { head: "SI-SDR, 6", figure: "siSdr.6", digits: 2 },
  { head: "STOI, 6", figure: "stoi.6", digits: 3 },
];

/**
 * The table as Markdown: codebooks, sound, and paired differences. A difference is its mean and the half width
 * of its interval, in bold where the interval leaves out zero.
 */
export function markdownOf({ settings, differences }: Summary): string {
  const means = (columns: Column[]) =>
    table(
      ["setting", "seeds", ...columns.map(({ head }) => head)],
      settings.map((each) => [
        `\`${each.name}\``,
        `${each.seeds.length}`,
        ...columns.map((column) => meanOf(each, column)),
      ]),
    );
  const changed = table(
    ["setting", "from", "seeds", ...changes.map(({ head }) => head)],
    differences.map((each) => [
      `\`${each.setting}\``,
      `\`${each.from}\``,
      `${each.seeds.length}`,
      ...changes.map((column) => changeOf(each, column)),
    ]),
  );
  return [means(codebooks), means(sound), changed].join("\n\n");
}

function meanOf({ figures }: SettingSummary, column: Column): string {
  const found = figures[column.figure];
  return found ? number(found.mean, column) : "";
}

function changeOf({ figures }: Difference, column: Column): string {
  const found = figures[column.figure];
  if (!found) return "";
  const text = `${found.mean < 0 ? "" : "+"}${number(found.mean, column)}${reachOf(found, column)}`;
  return isReal(found) ? `**${text}**` : text;
}

function reachOf({ mean, high }: Interval, column: Column): string {
  return Number.isNaN(high) ? "" : ` ± ${number(high - mean, column)}`;
}

function number(value: number, { digits, percent }: Column): string {
  return (percent ? 100 * value : value).toFixed(digits);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
