import { describe, expect, test } from "vitest";
import { openStep } from "../test/open-step.js";
import { dot } from "../test/run-graph.js";
import { seededRandom, tone } from "../test/sounds.js";
import { tinyRecipe } from "../test/tiny-recipe.js";
import { adamWScalars } from "./optimizer/adamw.js";
import { recipes } from "./recipes/index.js";
import { rateAt } from "./schedule.js";
import { buildStep } from "./step.js";
import { tableRow } from "./table.js";

const samples = 12 * 256;
const audio = Float32Array.from([...tone(1, samples), ...tone(2, samples)]);
const lengthOf = (arrays: Float32Array[]) =>
  Math.sqrt(arrays.reduce((sum, each) => sum + dot(each, each), 0));

/** Steps 1 .. count on one batch. */
async function steps(recipe: ReturnType<typeof tinyRecipe>, count: number) {
  const step = await openStep(recipe);
  const all = [];
  let state = step.initial;
  for (let i = 1; i <= count; i++) {
    const stepped = await step.run(state, audio, i);
    all.push({ before: state, ...stepped });
    state = stepped.state;
  }
  return { step, all };
}

describe("a step", () => {
  test("shortens a gradient that is longer than the recipe allows, and leaves a shorter one", async () => {
    const firsts = async (clip: number) => {
      const { step, all } = await steps(tinyRecipe({ optimizer: { clip } }), 1);
      const moments = step.graph.chunks.map(({ name }) => all[0]!.state[`first.${name}`]!);
      return { moments, norm: all[0]!.metrics.gradientNorm! };
    };
    const free = await firsts(1e9);
    expect(lengthOf(free.moments) / free.norm).toBeCloseTo(1, 5);
    const clipped = await firsts(free.norm / 4);
    expect(clipped.norm).toBe(free.norm);
    expect(lengthOf(clipped.moments) / free.norm).toBeCloseTo(0.25, 5);
  });

  test("keeps an average of its weights", async () => {
    const { step, all } = await steps(tinyRecipe(), 3);
    for (const { name } of step.graph.chunks) {
      // 1/2, 1/3, 1/4 of the way: the plain mean of the start and what followed.
      const seen = [all[0]!.before, ...all.map(({ state }) => state)].map((state) => state[`value.${name}`]!);
      const mean = seen[0]!.map((_, i) => seen.reduce((sum, each) => sum + each[i]!, 0) / 4);
      const apart = mean.map((x, i) => x - all[2]!.state[`average.${name}`]![i]!);
      expect(lengthOf([apart]) / lengthOf([mean])).toBeLessThan(1e-6);
      expect(lengthOf([seen[0]!.map((x, i) => x - seen[3]![i]!)])).toBeGreaterThan(0);
    }
  });

  test("judges its decoded sound by the losses of the recipe, each with its share", async () => {
    const { step, all } = await steps(tinyRecipe({ losses: { siSdr: 1 } }), 1);
    expect(all[0]!.state["balancer.norms"]).toHaveLength(3);
    expect(step.graph.metricNames.slice(0, 5)).toEqual([
      "mel",
      "waveform",
      "siSdr",
      "commitment",
      "gradientNorm",
    ]);
  });

  test("tells perplexity, replaced entries and error of every layer", async () => {
    const { all } = await steps(tinyRecipe(), 5);
    const { metrics } = all[4]!;
    for (const layer of [1, 2, 3]) {
      expect(metrics[`perplexity.${layer}`]).toBeGreaterThan(1);
      expect(metrics[`perplexity.${layer}`]).toBeLessThanOrEqual(16.001);
      expect(metrics[`error.${layer}`]).toBeGreaterThan(0);
    }
    // Started from data in steps 1, 3 and 5: every entry of that layer is new then.
    expect([0, 2, 4].map((i) => all[i]!.metrics[`dead.${i / 2 + 1}`])).toEqual([16, 16, 16]);
  });

  test("replaces no entry when the recipe says so", async () => {
    const dead = async (deadBelow: number) => {
      const recipe = tinyRecipe({ quantizer: { deadBelow, decay: 0.5, startEvery: 1 } });
      return (await steps(recipe, 12)).all.slice(4).map(({ metrics }) => metrics["dead.1"]!);
    };
    expect(Math.max(...(await dead(0)))).toBe(0);
    expect(Math.max(...(await dead(0.3)))).toBeGreaterThan(0);
  });
});

describe("codebooks by gradient", () => {
  const recipe = tinyRecipe({ quantizer: { update: "gradient", deadBelow: 0, startEvery: 1, fullShare: 1 } });

  test("are moved by AdamW along the pull of the rows that chose them", async () => {
    const { step, all } = await steps(recipe, 6);
    const { before, state } = all[5]!;
    const { stepSize, epsilon } = adamWScalars(6, rateAt(6, recipe.schedule), recipe.optimizer);
    const [value, first, second] = ["codebooks", "first", "second"].map(
      (name) => state[`quantizer.${name}`]!,
    );
    const old = before["quantizer.codebooks"]!;
    const apart = value!.map(
      (x, i) => x - (old[i]! - (stepSize * first![i]!) / (Math.sqrt(second![i]!) + epsilon)),
    );
    expect(lengthOf([apart]) / lengthOf([old])).toBeLessThan(1e-6);
    expect(lengthOf([first!])).toBeGreaterThan(0);
    expect(step.graph.state.map(({ name }) => name)).not.toContain("quantizer.sums");
  });

  test("start from data with empty moments, and their average starts there too", async () => {
    const { all } = await steps(recipe, 2);
    const layer = (name: string) => all[1]!.state[`quantizer.${name}`]!.subarray(16 * 8, 2 * 16 * 8);
    expect(layer("codebooks").some((x) => x !== 0)).toBe(true);
    expect(layer("average")).toEqual(layer("codebooks"));
    expect(layer("first").every((x) => x === 0) && layer("second").every((x) => x === 0)).toBe(true);
  });

  test("come nearer to what they stand for, the encoder held still", async () => {
    const step = await openStep(
      tinyRecipe({ quantizer: recipe.quantizer, schedule: { steps: 100, rate: 0.02 } }),
    );
    const random = seededRandom(2);
    let state = step.initial;
    const errors: number[] = [];
    for (let i = 1; i <= 40; i++) {
      const { state: next, metrics } = await step.run(state, audio, i);
      const moved = Object.entries(next).filter(([name]) => name.startsWith("quantizer."));
      state = { ...step.initial, ...Object.fromEntries(moved) };
      // The entries are rows of the batch at first, and so at rest: shake them.
      if (i === 5)
        state["quantizer.codebooks"] = next["quantizer.codebooks"]!.map((x) => x + 0.6 * random() - 0.3);
      errors.push(metrics["error.1"]! + metrics["error.2"]! + metrics["error.3"]!);
    }
    expect(errors[39]).toBeLessThan(0.7 * errors[5]!);
  });
});

describe("a recipe whose numbers do not fit is refused", () => {
  const tiny = tinyRecipe();
  test.each([
    ["no batch", { ...tiny, batch: 0 }],
    ["crops that a mel window does not fit in", { ...tiny, frames: 11 }],
    ["crops that are not whole mel hops", { ...tiny, frames: 13 }],
    ["two latent widths", { ...tiny, decoder: { ...tiny.decoder, latentDim: 4 } }],
    [
      "an unknown quantizer",
      { ...tiny, quantizer: { ...tiny.quantizer, kind: "none" as "residual-vector" } },
    ],
    ["an unknown update", { ...tiny, quantizer: { ...tiny.quantizer, update: "none" as "gradient" } }],
  ])("%s", (_, recipe) => {
    expect(() => buildStep(recipe)).toThrow(expect.objectContaining({ code: "option" }));
  });
});

test("a run of the shipped recipe can be resumed: its state and its rows are the ones it began with", () => {
  const recipe = recipes.find(({ name }) => name === "speech-24k")!;
  const { state, table } = buildStep(recipe);
  expect(state).toHaveLength(128);
  expect(state.at(-4)).toEqual({ name: "quantizer.codebooks", shape: [12, 1024, 64] });
  expect(table.width).toBe(101);
  const row = tableRow(recipe, table, 1000);
  const sum = row.reduce((total, x, i) => total + x * (i + 1), 0);
  expect({ first: row[0], sum }).toMatchInlineSnapshot(`
    {
      "first": 0.0005999870481900871,
      "sum": 32344763.954582173,
    }
  `);
});
