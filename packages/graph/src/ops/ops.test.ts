import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { caseOf, feedsOf, isFloat, likenesses, titleOf } from "../../test/cases.js";
import { differences, evaluate, evaluators, inner, slope } from "../../test/evaluate.js";
import { misfit, run } from "../../test/run.js";
import type { Value } from "../../test/value.js";
import { gradients } from "../gradients.js";
import type { Op } from "../tensor.js";
import { ops } from "./index.js";

// Each record has attributes of its own type; what walks them all only hands them through.
const all = ops as unknown as readonly Op<object>[];

// Their gradients are defined, not derived; gradients.test.ts has their laws.
const defined = ["stopGradient", "customGradient"];

// They run and refuse to be trained; gradients.test.ts has the sentence.
const untrained = ["lstm"];
const withoutDifferences = [...defined, ...untrained];

test("the list has every record of this folder, once, and the evaluator knows each of them", async () => {
  const records = (await Promise.all(sources().map((file) => import(file))))
    .flatMap((module) => Object.values<unknown>(module))
    .filter(isRecord);
  expect(records.filter((each) => !all.includes(each)).map(({ name }) => name)).toEqual([]);
  expect(new Set(all.map(({ name }) => name)).size).toBe(records.length);
  expect(all.map(({ name }) => name).filter((name) => name !== "input" && !evaluators[name])).toEqual([]);
});

function sources(): string[] {
  const folder = new URL(".", import.meta.url);
  const names = readdirSync(folder).filter((name) => name !== "index.ts" && !name.endsWith(".test.ts"));
  return names.map((name) => new URL(name, folder).href);
}

function isRecord(value: unknown): value is Op<object> {
  return typeof value === "object" && value !== null && "infer" in value && "emit" in value;
}

describe.each(all.map((op) => ({ op, name: op.name })))("$name", ({ op }) => {
  test("gives, run as ONNX, what float64 loops give, in the shape and type that were inferred", async () => {
    for (const [seed, sample] of op.samples.entries()) {
      const { outputs, feeds } = caseOf(op, sample, seed);
      const expected = evaluate(outputs, feeds);
      for (const [i, found] of (await run(outputs, feeds)).entries()) {
        expect(outputs[i], titleOf(sample)).toMatchObject({ dtype: found.dtype, shape: found.shape });
        expect(misfit(found, expected[i]!), titleOf(sample)).toBeLessThanOrEqual(isFloat(found) ? 1e-5 : 0);
      }
    }
  });

  test.skipIf(withoutDifferences.includes(op.name))(
    "has gradients equal to central differences",
    async () => {
      for (const [seed, sample] of op.samples.entries()) {
        for (const { found, expected } of await backward(op, sample, seed)) {
          expect(misfit(found, expected), titleOf(sample)).toBeLessThan(1e-4);
        }
      }
    },
  );

  test.skipIf(withoutDifferences.includes(op.name))(
    "has gradients that are themselves differentiated right",
    () => {
      for (const [seed, sample] of op.samples.entries()) {
        const { found, expected, scale } = twice(op, sample, seed);
        expect(Math.abs(found - expected), titleOf(sample)).toBeLessThan(1e-6 * (1 + scale));
      }
    },
  );
});

type Pair = { found: Value; expected: Value };

/** Gradients for a random cotangent of each output alone, and of all of them together. */
async function backward(
  op: Op<object>,
  sample: Op<object>["samples"][number],
  seed: number,
): Promise<Pair[]> {
  const { outputs, wrt, feeds } = caseOf(op, sample, seed);
  const floats = outputs.filter(isFloat);
  const subsets = floats.length > 1 ? [floats, ...floats.map((each) => [each])] : [floats];
  const pairs: Pair[] = [];
  for (const part of wrt.length > 0 ? subsets : []) {
    const cotangents = likenesses("g", part);
    const weights = feedsOf(cotangents, seed + 100);
    const found = await run(gradients(part, cotangents, wrt), { ...feeds, ...weights });
    for (const [i, { shape, node }] of wrt.entries()) {
      const { name } = node.attributes as { name: string };
      const data = differences(part, Object.values(weights), feeds, name);
      pairs.push({ found: found[i]!, expected: { dtype: "float32", shape, data } });
    }
  }
  return pairs;
}

/** The slope of <h, gradient> along a random direction, by a second reverse pass and by differences. */
function twice(op: Op<object>, sample: Op<object>["samples"][number], seed: number) {
  const { outputs, wrt, feeds } = caseOf(op, sample, seed);
  const floats = outputs.filter(isFloat);
  const first = likenesses("g", floats);
  const slopes = gradients(floats, first, wrt);
  const second = likenesses("h", slopes);
  const at = { ...feeds, ...feedsOf(first, seed + 100), ...feedsOf(second, seed + 200) };
  const variables = [...wrt, ...first];
  const direction = feedsOf(variables, seed + 300);
  const found = inner(evaluate(gradients(slopes, second, variables), at), Object.values(direction));
  const weights = second.map(({ node }) => at[(node.attributes as { name: string }).name]!);
  return { found, expected: slope(slopes, weights, at, direction), scale: Math.abs(found) };
}
