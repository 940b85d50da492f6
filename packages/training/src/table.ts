import { reshape, slice, type Tensor } from "@nacre/graph";
import { drawLayerCounts, layerCountMask } from "@nacre/quantizer";
import { adamWScalars } from "./optimizer/adamw.js";
import { trainingOf } from "./quantizers/quantizers.js";
import { randomFor } from "./random.js";
import type { Recipe } from "./recipes/recipe.js";
import { rateAt } from "./schedule.js";

/** Where each value stands in the packed row. */
export type Table = { width: number; fields: Record<string, { at: number; length: number }> };

/** The layout of a recipe's packed row. */
export function tableOf(recipe: Recipe): Table {
  const sizes = {
    stepSize: 1,
    epsilon: 1,
    decay: 1,
    averageRate: 1,
    balancerDecay: 1,
    layerMask: recipe.batch * recipe.quantizer.layers,
    ...trainingOf(recipe).fields(recipe),
  };
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
  recipe: Recipe,
  table: Table,
  step: number,
  row: Float32Array = new Float32Array(table.width),
): Float32Array {
  const { quantizer, optimizer, batch, seed, schedule } = recipe;
  const { layers, fullShare, spread } = quantizer;
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
  put("balancerDecay", () => Math.min(0.99, 1 - 1 / step));
  const counts = drawLayerCounts(random, batch, layers, fullShare, spread);
  const mask = layerCountMask(counts, 1, layers);
  put("layerMask", (i) => mask[i]!);
  const draws = trainingOf(recipe).draws(recipe, step, random);
  for (const [name, value] of Object.entries(draws)) put(name, value);
  return row;
}
