import { initialValues } from "@nacre/blocks";
import { isNacreError, NacreError } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import type { PairFiles, PairPart } from "./pair-config.js";
import { type Chain, createChain } from "./pair-engine.js";

/** Samples that a probe takes at most. */
export const longestProbe = 2 ** 22;

/** What cannot be found out by running a pair, or is to be taken on the user's word. */
export type PairOptions = {
  /** Hertz that the networks work at; an ONNX file does not say it. */
  sampleRate: number;
  /** Samples of a frame; found out where it is left out. */
  hop?: number;
  /** Codes are 0 .. entries - 1; found out. */
  entries?: number;
  /** Frames of context on both sides of a window; measured. */
  margin?: number;
  /** Axes of the encoder's codes where they have three; found out from their sizes. */
  layout?: CodeOrder;
};

/** Orders of the axes of codes, as `--layout` takes them. */
export const codeOrders = ["batch-layers-frames", "layers-batch-frames", "batch-frames-layers"] as const;

/** One of them. */
export type CodeOrder = (typeof codeOrders)[number];

/** The sides of a pair as they are tried. */
export type ProbedPair = { encoder: Chain; decoder: Chain; options: PairOptions };

/** Opens both sides on one thread; close them afterwards. */
export function openPair(files: PairFiles, runtime: Runtime, options: PairOptions): ProbedPair {
  const chain = (...parts: PairPart[]) =>
    createChain(
      runtime,
      {},
      parts.flatMap((part) => files[part] ?? []),
    );
  return { encoder: chain("encoder", "quantizer"), decoder: chain("dequantizer", "decoder"), options };
}

/** Gaussian noise, the same for a seed. */
export function noise(length: number, deviation: number, seed: number): Float32Array {
  const spec = {
    name: "noise",
    shape: [length],
    initial: { kind: "normal", deviation },
    decay: false,
  } as const;
  return initialValues([{ ...spec, shape: [length] }], seed).noise!;
}

/** Even random codes of so many entries, the same for a seed. */
export function randomCodes(count: number, entries: number, seed: number): Int32Array {
  const spec = {
    name: "codes",
    shape: [count],
    initial: { kind: "uniform", bound: 0.5 },
    decay: false,
  } as const;
  const even = initialValues([{ ...spec, shape: [count] }], seed).codes!;
  return Int32Array.from(even, (value) => Math.min(entries - 1, Math.floor((value + 0.5) * entries)));
}

/** The result of a run, or the engine's sentence. Other errors go through. */
export async function tried<T>(work: () => Promise<T>): Promise<{ value: T } | { reason: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!isNacreError(error)) throw error;
    return { reason: error.message };
  }
}

/** The error for a pair that cannot be taken over. */
export function unfitPair(found: string, expected: string, mend?: string): NacreError {
  return new NacreError("model", { found, expected, ...(mend === undefined ? {} : { mend }) });
}
