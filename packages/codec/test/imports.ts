import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { Runtime } from "@nacre/runtime";
import {
  buildModel,
  type Codec,
  createCodec,
  type ForeignFiles,
  loadModel,
  openForeignModel,
  readSafetensors,
  type StoredTensor,
  type TrainedModel,
  writeSafetensors,
} from "../src/index.js";
import { codeOf } from "./tiny.js";

/** One sound through the original: samples [channel], codes [channel][layer], what it decodes [channel]. */
export type ImportVector = { samples: Float32Array[]; codes: Int32Array[][]; decoded: Float32Array[] };

const bytes = async (path: string) => new Uint8Array(await readFile(path));
const folder = (name: string) => fileURLToPath(new URL(`imports/${name}/`, import.meta.url));

/** The files that `models import` would read, written by a script of tools/import-proof with the original. */
export async function foreignFiles(name: string) {
  const plain = bytes(`${folder(name)}model.safetensors`);
  const weights = await plain.catch(async () =>
    Uint8Array.from(gunzipSync(await bytes(`${folder(name)}model.safetensors.gz`))),
  );
  const text = new TextDecoder().decode(await bytes(`${folder(name)}config.json`));
  return { config: JSON.parse(text) as Record<string, unknown>, weights };
}

/** A model of ours with these weights. */
export async function importedModel(name: string): Promise<TrainedModel> {
  return openForeignModel(await foreignFiles(name)).convert(name);
}

/** The same, opened. */
export async function openedImport(trained: TrainedModel, runtime: Runtime): Promise<Codec> {
  return createCodec(await loadModel(await buildModel(trained, [], runtime, { bits: 32 })), runtime);
}

/** What the original made of every sound, the longest last. */
export async function importVectors(name: string): Promise<ImportVector[]> {
  const { tensors } = readSafetensors(await bytes(`${folder(name)}vectors.safetensors`));
  const numbers = Object.keys(tensors)
    .filter((part) => part.endsWith(".samples"))
    .map((part) => part.split(".")[0]!);
  return numbers.map((number) => ({
    samples: rows(tensors[`${number}.samples`]!) as Float32Array[],
    codes: codesOf(tensors, number),
    decoded: rows(tensors[`${number}.decoded`]!) as Float32Array[],
  }));
}

// One array where all layers have one grid, else an array for each.
function codesOf(tensors: Record<string, StoredTensor>, number: string): Int32Array[][] {
  const all = tensors[`${number}.codes`];
  if (all) {
    const [, layers, frames] = all.shape as [number, number, number];
    return rows(all).map((data) => rows({ shape: [layers, frames], data }) as Int32Array[]);
  }
  const layers = Object.keys(tensors)
    .filter((name) => name.startsWith(`${number}.codes.`))
    .map((name) => rows(tensors[name]!) as Int32Array[]);
  return layers[0]!.map((_, channel) => layers.map((layer) => layer[channel]!));
}

function rows({ shape, data }: Pick<StoredTensor, "shape" | "data">) {
  const size = data.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, row) => data.slice(row * size, (row + 1) * size));
}

/** Largest difference over the largest value. */
export function misfit(found: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, n) => Math.max(most, Math.abs(value - found[n]!)), 0);
  return worst / scale;
}

/** Codes that are equal and codes in all, over layers that may have grids of their own. */
export function equalCodes(found: readonly Int32Array[], expected: readonly Int32Array[]) {
  const equal = expected.map((codes, layer) => codes.filter((code, at) => code === found[layer]![at]).length);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return { equal: sum(equal), all: sum(expected.map(({ length }) => length)) };
}

/** The same as a share. */
export function equalShare(found: readonly Int32Array[], expected: readonly Int32Array[]): number {
  const { equal, all } = equalCodes(found, expected);
  return equal / all;
}

/** The same weights but for some; undefined takes one away. */
export function changedWeights(
  weights: Uint8Array,
  change: Record<string, StoredTensor | undefined>,
): Uint8Array {
  const all = Object.entries({ ...readSafetensors(weights).tensors, ...change });
  return writeSafetensors(
    Object.fromEntries(all.filter((entry): entry is [string, StoredTensor] => entry[1] !== undefined)),
  );
}

/** Code and sentence of what an import throws; an empty sentence where it does not. */
export async function refusal(files: ForeignFiles, family?: string) {
  const convert = () => openForeignModel(files, family).convert("x");
  let message = "";
  try {
    convert();
  } catch (error) {
    message = String(error);
  }
  return { code: await codeOf(convert), message };
}
