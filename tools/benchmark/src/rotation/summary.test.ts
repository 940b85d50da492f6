import { expect, test } from "vitest";
import type { FinishedRun } from "../seeded-runs.js";
import { markdownOf } from "./markdown.js";
import { settings } from "./settings.js";
import { isReal, summarize } from "./summary.js";

const run = (setting: string, seed: number, mel: number): FinishedRun => ({
  setting,
  seed,
  seconds: 1,
  figures: { mel },
});

test("differences pair the same seed on both sides, and what is missing is named", () => {
  // Seeds lie far apart, the setting is always about one better: only the pairs show it.
  const runs = [
    run("default", 1, 10),
    run("default", 2, 20),
    run("default", 3, 30),
    run("straight-through", 1, 9),
    run("straight-through", 3, 28.8),
  ];
  const table = summarize(runs, settings.slice(0, 2), 3);
  expect(table.missing).toEqual([{ setting: "straight-through", seed: 2 }]);
  expect(table.settings.map(({ seeds }) => seeds)).toEqual([
    [1, 2, 3],
    [1, 3],
  ]);
  expect(table.settings[0]!.figures.mel).toMatchObject({ mean: 20, count: 3 });
  const [{ seeds, figures, factor }] = table.differences as [(typeof table.differences)[number]];
  expect([seeds, factor]).toEqual([[1, 3], "estimator"]);
  expect(figures.mel!.mean).toBeCloseTo(-1.1, 9);
  expect(figures.mel!.agree).toBe(1);
  // Two values .1 from their mean: t of one degree of freedom times .1.
  expect(figures.mel!.high - figures.mel!.mean).toBeCloseTo(12.7062 * 0.1, 4);
  expect(isReal(figures.mel!)).toBe(false);
  expect(isReal({ mean: -1, low: -1.5, high: -0.5, count: 3 })).toBe(true);
});

test("seeds that do not agree with the mean are counted", () => {
  const runs = [1, 2, 3].flatMap((seed) => [
    run("default", seed, 0),
    run("straight-through", seed, [3, 2, -1][seed - 1]!),
  ]);
  const { differences } = summarize(runs, settings.slice(0, 2), 3);
  expect(differences[0]!.figures.mel!.agree).toBeCloseTo(2 / 3, 9);
});

test("as Markdown a difference that leaves out zero is in bold, others are not, percents are percents", () => {
  const figures = (usage: number, siSdr: number) => ({ usage, "siSdr.6": siSdr });
  const runs = [1, 2, 3].flatMap((seed) => [
    { ...run("default", seed, 0), figures: figures(0.5, seed) },
    { ...run("straight-through", seed, 0), figures: figures(0.4 + seed / 1000, 2) },
  ]);
  const lines = markdownOf(summarize(runs, settings.slice(0, 2), 3)).split("\n");
  const cells = (line: string) => line.split("|").map((cell) => cell.trim());
  expect(cells(lines[2]!)).toContain("50.0");
  const change = cells(lines.at(-1)!);
  expect(change.slice(1, 5)).toEqual(["`straight-through`", "`default`", "3", "**-9.8 ± 0.2**"]);
  // Differences 1, 0, -1: their mean is 0 and 4.30 / sqrt(3) either way.
  expect(change.at(-3)).toBe("+0.00 ± 2.48");
});
