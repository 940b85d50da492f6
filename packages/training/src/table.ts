import { reshape, slice, type Tensor } from "@nacre/graph";
import { adamWScalars } from "./optimizer/adamw.js";
import { planOf } from "./plans.js";
import { randomFor } from "./random.js";
import type { AnyRecipe } from "./recipes/recipe.js";
import { rateAt } from "./schedule.js";

/** Where each value stands in the packed row. */
export type Table = { width: number; fields: Record<string, { at: number; length: number }> };

/** The layout of a recipe's packed row. */
export function tableOf(recipe: AnyRecipe): Table {
  const sizes = { stepSize: 1, epsilon: 1, decay: 1, averageRate: 1, ...planOf(recipe).fields };
  let width = 0;
  const fields: Table["fields"] = {};
  for (const [name, length] of Object.entries(sizes)) {
    fields[name] = { at: width, length };
    width += length;
  }
  return { width, fields };
}

/** A field of the row as a tensor [length]. */
export function readField(table: Table, row: Tensor, name: string): Tensor {
  const { at, length } = table.fields[name]!;
  return slice(row, 0, at, at + length);
}

/** A field of one value as a scalar. */
export function readScalar(table: Table, row: Tensor, name: string): Tensor {
  return reshape(readField(table, row, name), []);
}

/**
 * The packed row of a step (from 1): schedule and random draws, the same on every machine.
 *
 * row  written and returned; a new one by default
 */
export function tableRow(
  recipe: AnyRecipe,
  table: Table,
  step: number,
  row: Float32Array = new Float32Array(table.width),
): Float32Array {
  const { optimizer, seed, schedule } = recipe;
  const random = randomFor(seed, step, 1);
  const put = (name: string, value: (i: number) => number) => {
    const { at, length } = table.fields[name]!;
    for (let i = 0; i < length; i++) row[at + i] = value(i);
  };
  const scalars = adamWScalars(step, rateAt(step, schedule), optimizer);
  put("stepSize", () => scalars.stepSize);
  put("epsilon", () => scalars.epsilon);
  put("decay", () => scalars.decay);
  // Early averages follow closely, so that the first weights are soon forgotten.
  put("averageRate", () => Math.max(1 - optimizer.average, 1 / (step + 1)));
  for (const [name, value] of Object.entries(planOf(recipe).draws(step, random))) put(name, value);
  return row;
}
