import type { Parameters } from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import {
  add,
  concat,
  div,
  gradients,
  input,
  type ModelParts,
  min,
  mul,
  onnxModel,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { adamW } from "./optimizer/adamw.js";
import { type Chunk, chunksOf, unpack } from "./optimizer/chunks.js";
import type { Pass, StepPlan } from "./plan.js";
import { planOf } from "./plans.js";
import type { AnyRecipe } from "./recipes/recipe.js";
import { type StateArray, stateArrays } from "./state.js";
import { readField, readScalar, type Table, tableOf } from "./table.js";

/**
 * A whole training step as one ONNX graph: forward, backward, optimizer, codebooks.
 *
 * inputs   the batch by its plan's name, "row" [table.width] and every state array by its name
 * outputs  every state array as "next.<name>", and "metrics" [metricNames.length]
 */
export type StepGraph = {
  model: Uint8Array;
  /** What the model was written from, for runners that read no ONNX files. */
  parts: ModelParts;
  recipe: AnyRecipe;
  chunks: Chunk[];
  state: StateArray[];
  table: Table;
  metricNames: string[];
  /** The batch's input, float32. */
  batch: { name: string; shape: number[] };
};

type StepInputs = {
  recipe: AnyRecipe;
  chunks: Chunk[];
  state: Record<string, Tensor>;
  field: (name: string) => Tensor;
};

/**
 * Builds the step of a recipe.
 *
 * pinned  adds an input "codes" int64 [N, L] that replaces the search of residual vectors, to compare engines
 * throws  NacreError "option" when the recipe's numbers do not fit each other
 */
export function buildStep(recipe: AnyRecipe, { pinned = false }: { pinned?: boolean } = {}): StepGraph {
  const plan = planOf(recipe);
  const chunks = chunksOf(plan.parameters);
  const table = tableOf(recipe);
  const batch = input(plan.batch.name, "float32", plan.batch.shape);
  const row = input("row", "float32", [table.width]);
  const state = Object.fromEntries(
    stateArrays(recipe, chunks).map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const codes = pinned ? pinnedCodes(recipe) : undefined;
  const field = (name: string) => readField(table, row, name);
  const scalarField = (name: string) => readScalar(table, row, name);
  const parameters: Parameters = Object.assign(
    {},
    ...chunks.map((chunk) => unpack(chunk, state[`value.${chunk.name}`]!)),
  );
  const pass = plan.pass({ batch, parameters, state, field, scalarField, codes });
  const { outputs, metricNames } = stepOutputs({ recipe, chunks, state, field }, plan, pass);
  const parts: ModelParts = {
    name: `${recipe.name}-step`,
    inputs: [batch, row, ...Object.values(state), ...(codes ? [codes] : [])],
    outputs,
  };
  return {
    model: onnxModel(parts),
    parts,
    recipe,
    chunks,
    state: Object.entries(state).map(([name, { shape }]) => ({ name, shape: [...shape] })),
    table,
    metricNames,
    batch: plan.batch,
  };
}

function pinnedCodes(recipe: AnyRecipe): Tensor {
  if ("medium" in recipe) {
    throw new NacreError("option", {
      found: "a step of pictures with pinned codes",
      expected: "a recipe of residual vectors",
    });
  }
  const { batch, frames, quantizer } = recipe;
  return input("codes", "int64", [batch * frames, quantizer.layers]);
}

function stepOutputs(inputs: StepInputs, plan: StepPlan, pass: Pass) {
  const { recipe, chunks, state } = inputs;
  const slopes = gradients(pass.targets, pass.cotangents, [
    ...chunks.map(({ name }) => state[`value.${name}`]!),
    ...pass.moved,
  ]);
  const norm = sqrt(slopes.map((slope) => sum(square(slope))).reduce((a, b) => add(a, b)));
  const shrink = min(div(recipe.optimizer.clip, add(norm, 1e-12)), 1);
  const clipped = slopes.map((slope) => mul(slope, shrink));
  const outputs = {
    // Its slopes come after those of the chunks.
    ...pass.next(clipped.slice(chunks.length)),
    ...nextParameters(inputs, clipped),
  };
  const { metrics, metricNames } = metricsOf(plan, pass, norm);
  return { outputs: { ...outputs, metrics }, metricNames };
}

function nextParameters(
  { recipe, chunks, state, field }: StepInputs,
  slopes: readonly Tensor[],
): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  const scalars = { stepSize: field("stepSize"), epsilon: field("epsilon"), decay: field("decay") };
  for (const [i, { name, decay }] of chunks.entries()) {
    const [value, first, second] = ["value", "first", "second"].map((kind) => state[`${kind}.${name}`]!);
    const before = { value: value!, first: first!, second: second! };
    const next = adamW(before, slopes[i]!, scalars, recipe.optimizer, decay);
    const average = state[`average.${name}`]!;
    outputs[`next.value.${name}`] = next.value;
    outputs[`next.first.${name}`] = next.first;
    outputs[`next.second.${name}`] = next.second;
    outputs[`next.average.${name}`] = add(average, mul(sub(next.value, average), field("averageRate")));
  }
  return outputs;
}

function metricsOf({ layers }: StepPlan, { metrics, perLayer }: Pass, norm: Tensor) {
  const scalars = [...metrics, { name: "gradientNorm", value: norm }];
  const ofLayers = perLayer.flatMap(({ name }) =>
    Array.from({ length: layers }, (_, layer) => `${name}.${layer + 1}`),
  );
  return {
    metrics: concat(
      [...scalars.map(({ value }) => reshape(value, [1])), ...perLayer.map(({ values }) => values)],
      0,
    ),
    metricNames: [...scalars.map(({ name }) => name), ...ofLayers],
  };
}
