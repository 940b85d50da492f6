import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, type StoredTensor, writeSafetensors } from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import { createRuntime } from "@nacre/runtime/node";
import { buildStep, type Corpus, drawBatch, openRun, type Recipe } from "@nacre/training";
import { exportStep } from "./export-step.js";

/** How far PyTorch and onnxruntime-node are apart after the same steps, and what a step took in each. */
export type Agreement = {
  recipe: string;
  batch: number;
  steps: number;
  threads: number;
  torch: string;
  /** Largest relative difference of a number that a step tells, over all steps, by name. */
  metrics: Record<string, number>;
  /** Largest of |a - b| / |b| (Euclidean) over the state's arrays of a kind at the end, by kind. */
  state: Record<string, number>;
  /** Fastest step of each, in seconds. */
  seconds: { torch: number; onnx: number };
};

/** steps and threads of both engines; python: an interpreter with torch and numpy. */
export type AgreeOptions = { python: string; steps: number; threads?: number };

/** Names of the parts of a case: the exported step, the batches it hears, and what the runner made of them. */
const caseFiles = { step: "step", batches: "batches.safetensors", result: "result.safetensors" } as const;

/**
 * Trains the same steps in PyTorch, by the exported node list, and in onnxruntime-node.
 *
 * throws  NacreError "io" when Python or torch is missing or the runner fails
 */
export async function agree(recipe: Recipe, corpus: Corpus, options: AgreeOptions): Promise<Agreement> {
  const { python, steps, threads = 1 } = options;
  const folder = await mkdtemp(join(tmpdir(), "nacre-agree-"));
  try {
    await writeCase(folder, recipe, corpus, steps);
    const step = join(folder, caseFiles.step);
    const counts = ["--steps", `${steps}`, "--threads", `${threads}`];
    await runPython(python, [join(step, "agree.py"), step, folder, ...counts]);
    return await compareCase(folder, recipe, corpus, threads);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes what `agree.py` needs to train `steps` steps, here or on another machine. */
export async function writeCase(
  folder: string,
  recipe: Recipe,
  corpus: Corpus,
  steps: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await exportStep(recipe, join(folder, caseFiles.step));
  await writeBatches(join(folder, caseFiles.batches), recipe, corpus, steps);
}

/**
 * Trains the steps of a case in onnxruntime-node and compares them with what `agree.py` left there. The codes
 * that PyTorch found are pinned: a tie between two entries that flips would change gradients.
 *
 * throws  NacreError "io" when the case has no result yet
 */
export async function compareCase(
  folder: string,
  recipe: Recipe,
  corpus: Corpus,
  threads: number,
): Promise<Agreement> {
  const path = join(folder, caseFiles.result);
  const file = await readFile(path).catch(() => {
    throw failed(`no ${path}`);
  });
  const { tensors, metadata } = readSafetensors(file);
  const steps = tensors.seconds!.data.length;
  const onnx = await trainPinned(recipe, corpus, { steps, threads }, tensors.codes);
  return {
    ...{ recipe: recipe.name, batch: recipe.batch, steps, threads, torch: metadata.torch ?? "unknown" },
    metrics: metricDifferences(onnx, tensors.metrics!.data as Float32Array),
    state: stateDifferences(onnx.values, tensors),
    seconds: { torch: Math.min(...(tensors.seconds!.data as Float32Array)), onnx: Math.min(...onnx.seconds) },
  };
}

async function writeBatches(path: string, recipe: Recipe, corpus: Corpus, steps: number): Promise<void> {
  const { batch, frames, encoder, seed } = recipe;
  const samples = frames * encoder.hop;
  const data = new Float32Array(steps * batch * samples);
  for (let i = 0; i < steps; i++) {
    drawBatch(corpus, seed, i + 1, batch, data.subarray(i * batch * samples, (i + 1) * batch * samples));
  }
  await writeFile(path, writeSafetensors({ audio: { shape: [steps, batch, samples], data } }));
}

async function trainPinned(
  recipe: Recipe,
  corpus: Corpus,
  { steps, threads }: { steps: number; threads: number },
  found: StoredTensor | undefined,
) {
  const graph = buildStep(recipe, { pinned: found !== undefined });
  const rows = recipe.batch * recipe.frames * recipe.quantizer.layers;
  const data = new BigInt64Array(rows);
  const codes = {
    type: "int64" as const,
    shape: [rows / recipe.quantizer.layers, recipe.quantizer.layers],
    data,
  };
  const run = await openRun(recipe, graph, corpus, createRuntime({ worker: false }), {
    threads,
    ...(found ? { codes } : {}),
  });
  const [metrics, seconds]: [number[][], number[]] = [[], []];
  for (let i = 0; i < steps; i++) {
    if (found) data.set((found.data as BigInt64Array).subarray(i * rows, (i + 1) * rows));
    const begun = performance.now();
    await run.step(i + 1);
    seconds.push((performance.now() - begun) / 1000);
    metrics.push(Object.values(run.metrics()));
  }
  const values = Object.fromEntries(
    Object.entries(run.values()).map(([name, value]) => [name, value.slice()]),
  );
  await run.close();
  return { metrics, metricNames: graph.metricNames, values, seconds };
}

function metricDifferences(
  { metrics, metricNames }: { metrics: number[][]; metricNames: string[] },
  theirs: Float32Array,
): Record<string, number> {
  const largest = metricNames.map((_, k) =>
    Math.max(
      ...metrics.map((row, i) => {
        const other = theirs[i * metricNames.length + k]!;
        return Math.abs(row[k]! - other) / Math.max(1e-6, Math.abs(row[k]!));
      }),
    ),
  );
  return Object.fromEntries(metricNames.map((name, k) => [name, largest[k]!]));
}

function stateDifferences(
  values: Readonly<Record<string, Float32Array>>,
  theirs: Readonly<Record<string, StoredTensor>>,
): Record<string, number> {
  const largest: Record<string, number> = {};
  for (const [name, mine] of Object.entries(values)) {
    const kind = name.startsWith("quantizer.") ? name : name.split(".")[0]!;
    const difference = distance(mine, theirs[`state.${name}`]!.data as Float32Array);
    largest[kind] = Math.max(largest[kind] ?? 0, difference);
  }
  return largest;
}

function distance(mine: Float32Array, other: Float32Array): number {
  let [apart, whole] = [0, 0];
  for (const [i, value] of mine.entries()) {
    apart += (value - other[i]!) ** 2;
    whole += value ** 2;
  }
  return Math.sqrt(apart / Math.max(1e-30, whole));
}

/** What a Python program printed. throws NacreError "io" with its last words when it fails */
export function runPython(python: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-B", ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
    let [said, complaints] = ["", ""];
    child.stdout.on("data", (text) => (said += text));
    child.stderr.on("data", (text) => (complaints += text));
    child.once("error", () => reject(failed(`${python} could not be started`)));
    child.once("close", (code) => {
      if (code === 0) resolve(said);
      else reject(failed(complaints.trim().split("\n").at(-1) || `${python} ended with code ${code}`));
    });
  });
}

function failed(found: string): NacreError {
  return new NacreError("io", {
    found,
    expected: "Python with torch and numpy",
    mend: "name its interpreter with --python",
  });
}
