import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { createRuntime } from "@nacre/runtime/node";
import { buildStep, type Corpus, openRun, type Recipe } from "@nacre/training";
import { exportCase } from "./step-case.js";
import { startTorch, type TorchPeer } from "./torch-peer.js";

/** Seconds of a step: the fastest is the machine undisturbed, the median what was had. */
export type Times = { minimum: number; median: number; count: number };

/** One training step in onnxruntime-node, and beside it the same in eager PyTorch. */
export type StepResult = {
  recipe: string;
  threads: number;
  onnx: Times;
  torch: (Times & TorchPeer["versions"]) | { notMeasured: string };
  ratioOfMinima?: number;
  ratioOfMedians?: number;
  /** Largest relative difference of a loss over the agreed steps, with pinned codes. */
  agreement?: { steps: number; largest: Record<string, number> };
};

export type StepOptions = { folder: string; python: string; threads: number; rounds: number; agree: number };

const stepsPerRound = 3;
const names = ["mel", "waveform", "siSdr", "commitment", "gradientNorm"];

/**
 * Measures interleaved rounds of both engines, and how far their losses agree with pinned codes.
 * `folder` holds what the peer reads and is removed at the end.
 */
export async function measureStep(recipe: Recipe, corpus: Corpus, options: StepOptions): Promise<StepResult> {
  const { folder, python, threads, agree } = options;
  let torch: TorchPeer | undefined;
  try {
    await exportCase(folder, recipe, buildStep(recipe), corpus, { steps: Math.max(20, agree), threads });
    const peer = await startTorch(python, folder).catch((error: Error) => error);
    if (peer instanceof Error) {
      const { onnx } = await interleave(recipe, corpus, undefined, options);
      return { recipe: recipe.name, threads, onnx: timesOf(onnx), torch: { notMeasured: peer.message } };
    }
    torch = peer;
    return await beside(recipe, corpus, torch, options);
  } finally {
    torch?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function beside(
  recipe: Recipe,
  corpus: Corpus,
  torch: TorchPeer,
  options: StepOptions,
): Promise<StepResult> {
  const agreement = options.agree > 0 ? await compare(recipe, corpus, torch, options.agree) : undefined;
  const { onnx, other } = await interleave(recipe, corpus, torch, options);
  const [mine, its] = [timesOf(onnx), timesOf(other)];
  return {
    recipe: recipe.name,
    threads: options.threads,
    onnx: mine,
    torch: { ...its, ...torch.versions },
    ...(agreement ? { agreement } : {}),
    ratioOfMinima: mine.minimum / its.minimum,
    ratioOfMedians: mine.median / its.median,
  };
}

async function interleave(
  recipe: Recipe,
  corpus: Corpus,
  torch: TorchPeer | undefined,
  { threads, rounds }: StepOptions,
): Promise<{ onnx: number[]; other: number[] }> {
  const graph = buildStep(recipe);
  const run = await openRun(recipe, graph, corpus, createRuntime({ worker: false }), { threads });
  const [onnx, other]: [number[], number[]] = [[], []];
  let step = 1;
  // The first round of each warms caches and allocators and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (let i = 0; i < stepsPerRound; i++, step++) {
      const begun = performance.now();
      await run.step(step);
      if (round > 0) onnx.push((performance.now() - begun) / 1000);
    }
    await pause(20);
    const seconds = (await torch?.time(stepsPerRound)) ?? [];
    if (round > 0) other.push(...seconds);
    await pause(20);
  }
  await run.close();
  return { onnx, other };
}

async function compare(recipe: Recipe, corpus: Corpus, torch: TorchPeer, steps: number) {
  const { losses, codes } = await torch.agree(steps);
  const graph = buildStep(recipe, { pinned: true });
  const rows = recipe.batch * recipe.frames;
  const pinned = {
    type: "int64" as const,
    shape: [rows, recipe.quantizer.layers],
    data: new BigInt64Array(rows * recipe.quantizer.layers),
  };
  const run = await openRun(recipe, graph, corpus, createRuntime({ worker: false }), { codes: pinned });
  const largest = Object.fromEntries(names.map((name) => [name, 0]));
  for (let i = 0; i < steps; i++) {
    pinned.data.set(codes[i]!.map(BigInt));
    await run.step(i + 1);
    const found = run.metrics();
    for (const [k, name] of names.entries()) {
      const expected = losses[i]![k]!;
      const difference = Math.abs(found[name]! - expected) / Math.max(1e-6, Math.abs(expected));
      largest[name] = Math.max(largest[name]!, difference);
    }
  }
  await run.close();
  return { steps, largest };
}

function timesOf(seconds: readonly number[]): Times {
  const ordered = [...seconds].sort((a, b) => a - b);
  return {
    minimum: ordered[0]!,
    median: ordered[Math.floor(ordered.length / 2)]!,
    count: ordered.length,
  };
}
