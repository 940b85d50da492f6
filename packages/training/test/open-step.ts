import {
  buildStep,
  initialState,
  type Recipe,
  type StateValues,
  type StepGraph,
  tableRow,
} from "@nacre/training";
import { feedOf, runtime } from "./run-graph.js";

/** A state after a step, and the metrics by name. */
export type Stepped = { state: StateValues; metrics: Record<string, number> };

/** A step opened for tests: one call is one step on a copy of the state. */
export async function openStep(recipe: Recipe, { pinned = false } = {}) {
  const graph: StepGraph = buildStep(recipe, { pinned });
  const session = await runtime.open(graph.model, { threads: 1 });
  return {
    graph,
    initial: initialState(recipe, graph),
    async run(
      state: StateValues,
      audio: Float32Array,
      step: number,
      codes?: BigInt64Array,
    ): Promise<Stepped> {
      const row = tableRow(recipe, graph.table, step);
      const found = await session.run({
        audio: feedOf(graph.batch.shape, audio),
        row: feedOf([row.length], row),
        ...(codes
          ? { codes: feedOf([codes.length / recipe.quantizer.layers, recipe.quantizer.layers], codes) }
          : {}),
        ...Object.fromEntries(graph.state.map(({ name, shape }) => [name, feedOf(shape, state[name]!)])),
      });
      const array = (name: string) => found[name]!.data as Float32Array;
      return {
        state: Object.fromEntries(graph.state.map(({ name }) => [name, array(`next.${name}`)])),
        metrics: Object.fromEntries(graph.metricNames.map((name, i) => [name, array("metrics")[i]!])),
      };
    },
  };
}
