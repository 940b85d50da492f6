import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeNpy, writeSafetensors } from "@nacre/codec";
import {
  type Corpus,
  drawBatch,
  edge,
  initialState,
  melFilters,
  melScales,
  parameterSpecs,
  type Recipe,
  rateAt,
  type StepGraph,
  tableRow,
  weightsOf,
} from "@nacre/training";

/** Writes all that a peer needs to train the same steps: first state, batches, rows, filters. */
export async function exportCase(
  folder: string,
  recipe: Recipe,
  graph: StepGraph,
  corpus: Corpus,
  { steps, threads }: { steps: number; threads: number },
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const put = (name: string, data: Uint8Array | string) => writeFile(join(folder, name), data);
  const [batch, samples] = graph.batch.shape as [number, number];
  const audio = new Float32Array(steps * batch * samples);
  const rows = new Float32Array(steps * graph.table.width);
  for (let i = 0; i < steps; i++) {
    const into = audio.subarray(i * batch * samples, (i + 1) * batch * samples);
    drawBatch(corpus, recipe.seed, i + 1, batch, into);
    rows.set(tableRow(recipe, graph.table, i + 1), i * graph.table.width);
  }
  await put("audio.npy", writeNpy({ shape: [steps, batch, samples], data: audio }));
  await put("rows.npy", writeNpy({ shape: [steps, graph.table.width], data: rows }));
  await put("arrays.safetensors", writeSafetensors(arraysOf(recipe, graph)));
  const { table } = graph;
  const parameters = parameterSpecs(recipe).map(({ name, decay }) => [name, decay]);
  const rates = Array.from({ length: steps }, (_, i) => rateAt(i + 1, recipe.schedule));
  const melWindows = melScales.map(({ window }) => window);
  await put("case.json", JSON.stringify({ recipe, table, parameters, rates, melWindows, edge, threads }));
}

function arraysOf(recipe: Recipe, graph: StepGraph) {
  const state = initialState(recipe, graph);
  // Before the first step the averages are the weights themselves.
  const { parameters } = weightsOf(graph, state);
  const specs = parameterSpecs(recipe).map(({ name, shape }) => [
    `parameter.${name}`,
    { shape: [...shape], data: parameters[name]! },
  ]);
  const quantizer = graph.state
    .filter(({ name }) => name.startsWith("quantizer."))
    .map(({ name, shape }) => [name, { shape, data: state[name]! }]);
  const filters = melScales.map(({ window, mels }) => {
    const bank = melFilters(window, mels, recipe.encoder.sampleRate);
    const data = Float32Array.from(bank.flatMap((filter) => [...filter]));
    return [`mel.${window}`, { shape: [mels, window / 2 + 1], data }];
  });
  return Object.fromEntries([...specs, ...quantizer, ...filters]);
}
