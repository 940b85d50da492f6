import type { Interval } from "@nacre/metrics";
import type { Difference, SettingSummary, Summary } from "./summary.js";

/** The comparison as Markdown: prefixes, differences from the first setting, and the use of entries. */
export function markdownOf({ settings, differences }: Summary): string {
  const layers = settings[0] ? countLayers(settings[0]) : 0;
  const numbers = Array.from({ length: layers }, (_, layer) => layer + 1);
  const counted = settings.filter(({ figures }) => figures["usage.1"]);
  return [
    table(
      ["setting", "seeds", ...numbers.map((k) => `bpp / dB, ${k}`)],
      settings.map((each) => [
        ...named(each),
        ...numbers.map((k) => `${of(each, `bpp.${k}`, 3)} / ${of(each, `psnr.${k}`, 2)}`),
      ]),
    ),
    table(
      ["setting", "from", "seeds", "BD-rate %", "BD-PSNR dB", "overlap %"],
      differences.map(differenceRow),
    ),
    table(
      ["setting", "seeds", ...numbers.map((k) => `usage %, ${k}`), ...numbers.map((k) => `perplexity, ${k}`)],
      counted.map((each) => [
        ...named(each),
        ...numbers.map((k) => of(each, `usage.${k}`, 1, 100)),
        ...numbers.map((k) => of(each, `perplexity.${k}`, 1)),
      ]),
    ),
  ].join("\n\n");
}

function countLayers({ figures }: SettingSummary): number {
  return Object.keys(figures).filter((name) => name.startsWith("bpp.")).length;
}

function named({ setting, seeds }: SettingSummary): string[] {
  return [`\`${setting}\``, `${seeds.length}`];
}

function of({ figures }: SettingSummary, name: string, digits: number, factor = 1): string {
  return (figures[name]!.mean * factor).toFixed(digits);
}

function differenceRow({ setting, anchor, seeds, rate, quality, overlap }: Difference): string[] {
  const names = [`\`${setting}\``, `\`${anchor}\``, `${seeds.length}`];
  return [...names, signed(rate, 1), signed(quality, 2), (100 * overlap).toFixed(0)];
}

/** A mean and half of its interval, where there is one. */
function signed({ mean, high, count }: Interval, digits: number): string {
  if (count === 0) return "none";
  const text = `${mean < 0 ? "" : "+"}${mean.toFixed(digits)}`;
  return Number.isFinite(high) ? `${text} ± ${(high - mean).toFixed(digits)}` : text;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
