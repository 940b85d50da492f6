import { describe, expect, test } from "vitest";
import { tinyRecipe } from "../test/tiny-recipe.js";
import { rateAt, withSteps } from "./schedule.js";
import { tableOf, tableRow } from "./table.js";

const schedule = { rate: 2, steps: 1000, warmup: 10, decay: 100 };

describe("the schedule", () => {
  test("rises evenly, stays, and falls as 1 - sqrt to zero at the end", () => {
    expect(rateAt(1, schedule)).toBeCloseTo(0.2, 12);
    expect(rateAt(10, schedule)).toBe(2);
    expect(rateAt(900, schedule)).toBe(2);
    expect(rateAt(925, schedule)).toBeCloseTo(2 * (1 - Math.sqrt(0.25)), 12);
    expect(rateAt(1000, schedule)).toBe(0);
  });

  test("never falls before its decay and never rises in it", () => {
    const rates = Array.from({ length: 1000 }, (_, i) => rateAt(i + 1, schedule));
    for (let i = 1; i < 900; i++) expect(rates[i]).toBeGreaterThanOrEqual(rates[i - 1]!);
    for (let i = 900; i < 1000; i++) expect(rates[i]).toBeLessThan(rates[i - 1]!);
  });

  test("of another length keeps its rate, and shortens warm-up and decay only where they do not fit", () => {
    expect(withSteps({ schedule }, 5000).schedule).toEqual({ ...schedule, steps: 5000 });
    expect(withSteps({ schedule }, 40).schedule).toEqual({ rate: 2, steps: 40, warmup: 4, decay: 10 });
  });

  test.each([0, -1, 1.5, Number.NaN])("of %d steps is refused", (steps) => {
    expect(() => withSteps({ schedule }, steps)).toThrow(expect.objectContaining({ code: "option" }));
  });
});

describe("the row of a step", () => {
  const recipe = tinyRecipe({ quantizer: { fullShare: 0, spread: "even" } });
  const table = tableOf(recipe);
  const field = (row: Float32Array, name: string) => {
    const { at, length } = table.fields[name]!;
    return [...row.subarray(at, at + length)];
  };

  test("depends on seed and step alone", () => {
    const used = tableRow(recipe, table, 5, new Float32Array(table.width).fill(9));
    expect(used).toEqual(tableRow(recipe, table, 5));
    expect(tableRow({ ...recipe, seed: 2 }, table, 5)).not.toEqual(used);
    expect(field(tableRow(recipe, table, 6), "restartOffset")).not.toEqual(field(used, "restartOffset"));
  });

  test("starts the layers from data one after another, each once", () => {
    const forced = Array.from({ length: 12 }, (_, i) =>
      field(tableRow(recipe, table, i + 1), "forceRestart"),
    );
    expect(forced.map((row) => row.indexOf(1))).toEqual([0, -1, 1, -1, 2, ...Array(7).fill(-1)]);
  });

  test("uses the last layer in its share of items even when no item is full by decree", () => {
    const counts = Array.from({ length: 300 }, (_, i) => field(tableRow(recipe, table, i + 1), "layerMask"))
      .flatMap((mask) => [mask.slice(0, 3), mask.slice(3)])
      .map((mask) => mask.reduce((a, b) => a + b));
    for (const layers of [1, 2, 3]) {
      const share = counts.filter((count) => count === layers).length / counts.length;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.06);
    }
  });

  test("lets the averages follow closely at first", () => {
    expect(field(tableRow(recipe, table, 1), "averageRate")).toEqual([0.5]);
    expect(field(tableRow(recipe, table, 9), "averageRate")[0]).toBeCloseTo(0.1, 6);
    expect(field(tableRow(recipe, table, 5000), "averageRate")[0]).toBeCloseTo(0.001, 6);
    expect(field(tableRow(recipe, table, 1), "balancerDecay")).toEqual([0]);
  });
});
