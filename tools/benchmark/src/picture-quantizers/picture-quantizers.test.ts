import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildStep, type PictureCorpus, tableRow } from "@nacre/training";
import { afterAll, describe, expect, test } from "vitest";
import type { FinishedRun } from "../seeded-runs.js";
import { markdownOf } from "./markdown.js";
import { figuresOf, heldCrops, measureQuantizers } from "./measure.js";
import { recipeFor, settings } from "./settings.js";
import { curveOf, summarize } from "./summary.js";

const home = mkdtempSync(join(tmpdir(), "nacre-picture-quantizers-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const coded = (code: string) => expect.objectContaining({ code });

/** Pictures of one colour ramp each; the last is held. */
function corpusOfRamps(): PictureCorpus {
  const picture = (start: number) => ({ start, width: 160, height: 160 });
  return {
    train: [picture(1), picture(2)],
    validation: [picture(3)],
    sources: [],
    read({ start }, left, top, size, into) {
      for (let i = 0; i < size * size; i++) {
        const [x, y] = [left + (i % size), top + Math.floor(i / size)];
        for (let colour = 0; colour < 3; colour++)
          into[3 * i + colour] = (x * start + y * (colour + 1)) % 256;
      }
    },
    close: () => {},
  };
}

describe("the settings", () => {
  test("of one seed differ in the quantizer alone, and draw the same crops and depths", () => {
    // One of each kind: their graphs are large.
    const [scalar, ...others] = settings.slice(0, 3).map((setting) => recipeFor(setting, 2, 40));
    const rowOf = (recipe: typeof scalar) => {
      const { table } = buildStep(recipe!);
      const { at, length } = table.fields.layerMask!;
      return tableRow(recipe!, table, 7).slice(at, at + length);
    };
    for (const recipe of others) {
      const { quantizer, description, ...own } = recipe;
      expect({ ...scalar, ...own, quantizer, description }).toEqual({ ...scalar, quantizer, description });
      expect(quantizer.layers).toBe(scalar!.quantizer.layers);
      expect(rowOf(recipe)).toEqual(rowOf(scalar));
    }
    expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length);
  });
});

/** Figures of a model whose prefixes have these rates and qualities. */
function figures(points: readonly (readonly [number, number])[]): Record<string, number> {
  return Object.fromEntries(
    points.flatMap(([bpp, psnr], i) => [
      [`bpp.${i + 1}`, bpp],
      [`psnr.${i + 1}`, psnr],
    ]),
  );
}

const anchor = [
  [0.1, 28],
  [0.2, 30],
  [0.4, 33],
  [0.8, 36],
] as const;
const doubled = anchor.map(([bpp, psnr]) => [2 * bpp, psnr] as const);

const runs: FinishedRun[] = [1, 2].flatMap((seed) => [
  { setting: "residual-scalar", seed, seconds: 1, figures: figures(anchor) },
  { setting: "residual-vector", seed, seconds: 1, figures: { ...figures(doubled), ...entries() } },
]);

function entries(): Record<string, number> {
  return Object.fromEntries(
    [1, 2, 3, 4].flatMap((k) => [
      [`usage.${k}`, 0.5],
      [`perplexity.${k}`, 8 * k],
    ]),
  );
}

test("twice the rate at equal quality is a BD-rate of 100 %, and tables say so", () => {
  const summary = summarize(runs, settings);
  expect(summary.settings.map(({ setting, seeds }) => [setting, seeds])).toEqual([
    ["residual-scalar", [1, 2]],
    ["residual-vector", [1, 2]],
  ]);
  const [only] = summary.differences;
  expect(only).toMatchObject({ setting: "residual-vector", anchor: "residual-scalar", without: [] });
  expect(only!.rate.mean).toBeCloseTo(100, 6);
  expect(only!.overlap).toBeCloseTo(1, 6);
  const text = markdownOf(summary);
  expect(text).toContain("| `residual-vector` | `residual-scalar` | 2 | +100.0 ± 0.0 |");
  expect(text).toContain("| 0.200 / 28.00 | 0.400 / 30.00 | 0.800 / 33.00 | 1.600 / 36.00 |");
  expect(text).toContain("| 50.0 | 50.0 | 50.0 | 50.0 | 8.0 | 16.0 | 24.0 | 32.0 |");
});

test("a seed without an anchor of its own, and a curve that falls, have no difference", () => {
  const alone = summarize([runs[0]!, { ...runs[3]!, seed: 7 }], settings);
  expect(alone.differences[0]).toMatchObject({ rate: { count: 0 }, overlap: 0 });
  const falling = anchor.map(([bpp], i) => [bpp, 36 - i] as const);
  const fallen = summarize([runs[0]!, { ...runs[1]!, figures: figures(falling) }], settings);
  expect(fallen.differences[0]!.without).toHaveLength(1);
  expect(markdownOf(alone)).toContain("none");
});

test("usage and perplexity are means over the codes of a position, and prefixes are a curve", () => {
  const { quantizer, encoder } = recipeFor(settings[1]!, 1, 10);
  if (quantizer.kind !== "residual-vector") throw new Error("another kind");
  const recipe = { encoder, quantizer: { ...quantizer, groups: 2, entries: 4 } };
  // One group has one entry alone, the other has all four alike.
  const codes = [Int32Array.of(3, 0, 3, 1, 3, 2, 3, 3)];
  const found = figuresOf({ points: [{ layers: 1, bpp: 0.5, psnr: 30 }], codes }, recipe);
  expect(found).toEqual({ "bpp.1": 0.5, "psnr.1": 30, "usage.1": 0.625, "perplexity.1": 2.5 });
  expect(curveOf(found)).toEqual([{ rate: 0.5, quality: 30 }]);
});

test("a run is done once, measured on held pictures, and refused with another length", async () => {
  const corpus = corpusOfRamps();
  const options = {
    ...{ corpus, folder: home, settings: settings.slice(0, 1), seeds: 1, steps: 1, threads: 1 },
    held: { items: 1, seed: 1 },
    finished: false,
    onNews: () => {},
  };
  const first = await measureQuantizers(options);
  expect(readdirSync(home)).toEqual(["residual-scalar-1.json"]);
  expect(curveOf(first[0]!.figures)).toHaveLength(4);
  const unread = () => {
    throw new Error("read again");
  };
  expect(await measureQuantizers({ ...options, corpus: { ...corpus, read: unread } })).toEqual(first);
  await expect(measureQuantizers({ ...options, steps: 2 })).rejects.toEqual(coded("option"));
  expect(() => heldCrops({ ...corpus, validation: [] }, options.held, 128)).toThrow(coded("media"));
});
