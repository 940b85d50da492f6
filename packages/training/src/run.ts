import type { Runtime, SessionOptions, Value, Values } from "@nacre/runtime";
import type { AnyCorpus } from "./plan.js";
import { planOf } from "./plans.js";
import type { AnyRecipe } from "./recipes/recipe.js";
import { initialState, type StateValues } from "./state.js";
import type { StepGraph } from "./step.js";
import { tableRow } from "./table.js";

/** A step's graph with its state, open for training. */
export type Run = {
  /** Trains one step; false when its numbers were not finite and the state was left as it was. */
  step(step: number): Promise<boolean>;
  /** Numbers of the last step, by name. */
  metrics(): Record<string, number>;
  /** The state now; a step later it is another set of arrays. */
  values(): StateValues;
  close(): Promise<void>;
};

/**
 * How a run is opened.
 *
 * start  the state before the first step; the recipe's own, of drawn weights, when left out
 * codes  of a step that was built `pinned`, int64 [N, L]: the caller sets its data before each step
 */
export type RunOptions = SessionOptions & { codes?: Value; start?: StateValues };

/**
 * Opens a run before its first step. Two sets of state arrays swap: a step reads one and writes the
 * other, so nothing of the state's or the batch's size is allocated in a step.
 */
export async function openRun(
  recipe: AnyRecipe,
  graph: StepGraph,
  corpus: AnyCorpus,
  runtime: Runtime,
  { codes, start, ...options }: RunOptions = {},
): Promise<Run> {
  // First, since it may refuse the corpus.
  const feed = planOf(recipe).feed(corpus);
  const session = await runtime.open(graph.model, options);
  const first = start ?? initialState(recipe, graph);
  const second = Object.fromEntries(graph.state.map(({ name }) => [name, first[name]!.slice()]));
  const batch = float32(graph.batch.shape, new Float32Array(0));
  const row = new Float32Array(graph.table.width);
  const metrics = new Float32Array(graph.metricNames.length);
  const side = (from: StateValues, to: StateValues) => ({
    values: from,
    feeds: {
      [graph.batch.name]: batch,
      row: float32([row.length], row),
      ...(codes ? { codes } : {}),
      ...stateValues(graph, from, ""),
    },
    into: { metrics: float32([metrics.length], metrics), ...stateValues(graph, to, "next.") },
  });
  let [current, other] = [side(first, second), side(second, first)];
  return {
    async step(step) {
      batch.data = await feed.next(step);
      tableRow(recipe, graph.table, step, row);
      await session.run(current.feeds, current.into);
      const finite = metrics.every(Number.isFinite);
      if (finite) [current, other] = [other, current];
      return finite;
    },
    metrics: () => Object.fromEntries(graph.metricNames.map((name, i) => [name, metrics[i]!])),
    values: () => current.values,
    async close() {
      await feed.close();
      await session.close();
    },
  };
}

function stateValues({ state }: StepGraph, values: StateValues, prefix: string): Values {
  return Object.fromEntries(state.map(({ name, shape }) => [prefix + name, float32(shape, values[name]!)]));
}

function float32(shape: readonly number[], data: Float32Array): Value {
  return { type: "float32", shape, data };
}
