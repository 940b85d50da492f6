import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { Mean, RoundTripLayer, RoundTripReport } from "../src/round-trip/schema.js";

/** A number as a page shows it, read back; null for an en dash or words. */
export function readNumber(text: string): number | null {
  const found = text.trim().match(/^[+−]?\d+(\.\d+)?/)?.[0];
  return found === undefined ? null : Number(found.replace("−", "-"));
}

/** Rows of a table's body, each with its cells' text by the head of their column. */
export async function rowsOf(table: Locator): Promise<Map<string, string>[]> {
  await table.waitFor();
  const texts = (selector: string) => table.locator(selector).allInnerTexts();
  const heads = (await texts("thead th")).map((text) => text.replace(/\s+/g, " ").trim());
  const cells = await texts("tbody th, tbody td");
  return Array.from({ length: cells.length / heads.length }, (_, row) => {
    return new Map(heads.map((head, column) => [head, cells[row * heads.length + column]!]));
  });
}

/** Fails unless the text is the value, rounded as the text is, or the text has no number and the value is null. */
export function expectShown(text: string, value: number | null | undefined, where: string): void {
  const number = readNumber(text);
  if (value === null || value === undefined) {
    expect(number, where).toBeNull();
    return;
  }
  const digits = text.match(/^[+−]?\d+\.(\d+)/)?.[1]?.length ?? 0;
  expect(number, `${where}: "${text}"`).not.toBeNull();
  expect(Math.abs(number! - value), `${where}: "${text}" for ${value}`).toBeLessThan(0.5001 * 10 ** -digits);
}

/** The mean on a cell's first line and the interval "low to high" below it. */
export function expectMean(text: string, mean: Mean | null | undefined, where: string): void {
  expectShown(text, mean?.mean, where);
  const interval = text.match(/([+−]?[\d.]+)(?: %)? to ([+−]?[\d.]+)/);
  if (!mean || mean.low === mean.high) {
    expect(interval, where).toBeNull();
    return;
  }
  expectShown(interval![1]!, mean.low, `${where}, low`);
  expectShown(interval![2]!, mean.high, `${where}, high`);
}

/** Holds every table of a page's head against the report: curves, BD-rates, layers. */
export async function expectTables(page: Page, report: RoundTripReport): Promise<void> {
  const region = (name: string) => page.getByRole("region", { name, exact: true });
  await page.getByText("All points of the curves as a table").click();
  expectPoints(await rowsOf(region("Points of the curves")), report);
  expectRates(await rowsOf(region("BD-rates")), report);
  const rows = await rowsOf(region("Layer table"));
  expect(rows.length).toBe(report.layers.length);
  for (const [i, layer] of report.layers.entries()) expectLayer(rows[i]!, layer, report);
}

function expectPoints(rows: Map<string, string>[], report: RoundTripReport): void {
  const points = report.curves.flatMap(({ contender, points }) =>
    points.map((point) => ({ contender, ...point })),
  );
  expect(rows.map((row) => [row.get("Codec"), row.get("Setting"), row.get("Files")])).toEqual(
    points.map(({ contender, setting, files }) => [contender, setting, String(files)]),
  );
  for (const [i, { contender, setting, rate, values }] of points.entries()) {
    expectMean(rows[i]!.get(report.rateUnit)!, rate, `rate of ${contender}, ${setting}`);
    for (const { name, label, unit } of report.measures) {
      const text = rows[i]!.get(unit ? `${label}, ${unit}` : label)!;
      expectMean(text, values[name], `${name} of ${contender}, ${setting}`);
    }
  }
}

function expectRates(rows: Map<string, string>[], report: RoundTripReport): void {
  const ran = report.contenders.filter(({ kind, absent }) => kind === "baseline" && absent === undefined);
  expect(rows.length).toBe(ran.length);
  for (const [i, { name }] of ran.entries()) {
    for (const measure of report.measures) {
      const rate = report.bdRates.find((each) => each.against === name && each.measure === measure.name);
      expectMean(rows[i]!.get(measure.label)!, rate?.percent, `BD-rate by ${measure.name} against ${name}`);
    }
  }
}

function expectLayer(row: Map<string, string>, layer: RoundTripLayer, report: RoundTripReport): void {
  const where = (what: string) => `${what} of layer ${layer.index}`;
  const cell = (head: string) => row.get(head) ?? expect.fail(`no column ${head}`);
  expectShown(cell(`Spent, ${report.rateUnit}`), layer.rate, where("rate"));
  for (const { name, short, unit } of report.measures) {
    expectMean(cell(`${short} gained${unit && `, ${unit}`}`), layer.gain[name], where(`gain of ${name}`));
  }
  expect([cell("Entries"), cell("Dead codes")].map(Number)).toEqual([layer.alphabet, layer.deadCodes]);
  expectShown(cell("Usage"), 100 * layer.usage, where("usage"));
  expectShown(cell("Perplexity"), layer.perplexity, where("perplexity"));
  expectShown(cell("Entropy, bit/code"), layer.entropyBits, where("entropy"));
}
