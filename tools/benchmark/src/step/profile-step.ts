import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnyRecipe, buildStep, initialState, tableRow } from "@nacre/training";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** Milliseconds of one step, by type of node, the dearest first. */
export type Profile = {
  recipe: string;
  threads: number;
  steps: number;
  nodes: number;
  milliseconds: number;
  byType: { type: string; nodes: number; milliseconds: number; share: number }[];
};

type Event = { cat?: string; name: string; dur: number; args?: { op_name?: string } };

/** Runs the first step over and over under the engine's own profiler. */
export async function profileStep(
  recipe: AnyRecipe,
  { threads, steps }: { threads: number; steps: number },
): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), "nacre-profile-"));
  try {
    await runProfiled(recipe, threads, steps, join(folder, "step"));
    const [name] = await readdir(folder);
    return summary(recipe, threads, steps, JSON.parse(await readFile(join(folder, name!), "utf8")));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runProfiled(recipe: AnyRecipe, threads: number, steps: number, prefix: string): Promise<void> {
  const graph = buildStep(recipe);
  const session = await InferenceSession.create(graph.model, {
    intraOpNumThreads: threads,
    enableProfiling: true,
    profileFilePrefix: prefix,
  });
  const state = initialState(recipe, graph);
  const { name: signal, shape } = graph.batch;
  const values = Float32Array.from(
    { length: shape.reduce((a, b) => a * b) },
    (_, i) => 0.2 * Math.sin(i / 17 + i * i * 1e-9),
  );
  const feeds: Record<string, Tensor> = {
    [signal]: new Tensor("float32", values, shape),
    row: new Tensor("float32", tableRow(recipe, graph.table, 1), [graph.table.width]),
  };
  for (const { name, shape } of graph.state) feeds[name] = new Tensor("float32", state[name]!, shape);
  for (let i = 0; i < steps; i++) await session.run(feeds);
  session.endProfiling();
  await session.release();
}

function summary(recipe: AnyRecipe, threads: number, steps: number, events: Event[]): Profile {
  const kernels = events.filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"));
  const byType = new Map<string, { nodes: number; microseconds: number }>();
  for (const { args, dur } of kernels) {
    const type = args?.op_name ?? "unknown";
    const { nodes, microseconds } = byType.get(type) ?? { nodes: 0, microseconds: 0 };
    byType.set(type, { nodes: nodes + 1, microseconds: microseconds + dur });
  }
  const total = kernels.reduce((sum, { dur }) => sum + dur, 0);
  return {
    recipe: recipe.name,
    threads,
    steps,
    nodes: Math.round(kernels.length / steps),
    milliseconds: total / steps / 1000,
    byType: [...byType]
      .map(([type, { nodes, microseconds }]) => ({
        type,
        nodes: Math.round(nodes / steps),
        milliseconds: microseconds / steps / 1000,
        share: microseconds / total,
      }))
      .sort((a, b) => b.milliseconds - a.milliseconds),
  };
}
