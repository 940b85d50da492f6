import { serializeTables, symbolTableFromCounts, uniformTable } from "@nacre/entropy";
import type { Runtime } from "@nacre/runtime";
import { countCodes } from "../build-model.js";
import { sha256 } from "../hash.js";
import { hex } from "../model-parts.js";
import { largestGraph, type PairConfig, type PairFiles, pairParts } from "./pair-config.js";
import { pairDecodeHash, pairModel } from "./pair-model.js";
import { type PairOptions, unfitPair } from "./probe.js";
import { probePair } from "./probe-pair.js";

/** How a pair is named, beside what cannot be found out. */
export type PairRequest = PairOptions & { name: string; licence?: string };

/** The files of a pair's model folder; `notes` are sentences on how its numbers were found. */
export type BuiltPair = { config: PairConfig; graphs: PairFiles; tables: Uint8Array; notes: string[] };

/**
 * Makes a model out of ONNX files of another codec: finds out by running them what they take and give, the codes of
 * silence, and counts codes over `sounds` for the integer tables, which are uniform without any.
 *
 * sounds  mono at the rate that is asked for
 * throws  NacreError "model" for files that are no codec pair, or that need an option which was not given (named)
 */
export async function buildPairModel(
  files: PairFiles,
  { name, licence = "unknown", ...options }: PairRequest,
  sounds: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  runtime: Runtime,
): Promise<BuiltPair> {
  refuseLarge(files);
  const { notes, ...found } = await probePair(files, options, runtime);
  const rate = Math.round(options.sampleRate / 100) / 10;
  const { layers, entries } = found;
  const base = {
    ...({ format: "nacre.model/0", kind: "onnx-pair", name, version: 1, medium: "audio", licence } as const),
    description: `ONNX codec at ${rate} kHz, imported: ${layers} layers of ${entries}`,
    ...found,
    files: await hashes(files),
    provenance: { importedAs: "onnx-pair", found: notes },
  };
  const withTables = async (silence: number[], tables: Uint8Array): Promise<BuiltPair> => {
    const decodeHash = hex(await pairDecodeHash({ ...base, silence }, tables));
    return { config: { ...base, silence, decodeHash }, graphs: files, tables, notes };
  };
  const uniform = Array.from({ length: layers }, () => uniformTable(entries));
  const first = await withTables(
    Array.from({ length: layers }, () => 0),
    serializeTables(uniform),
  );
  const model = pairModel(first.config, files, uniform, new Uint8Array(8));
  const { silence, counts } = await countCodes(model, sounds, runtime);
  return withTables(silence, serializeTables(counts.map(symbolTableFromCounts)));
}

async function hashes(files: PairFiles): Promise<PairConfig["files"]> {
  const all: Partial<PairConfig["files"]> = {};
  for (const part of pairParts) {
    const bytes = files[part];
    if (bytes) all[part] = { sha256: hex(await sha256([bytes])), bytes: bytes.length };
  }
  return all as PairConfig["files"];
}

function refuseLarge(files: PairFiles): void {
  const large = pairParts.find((part) => (files[part]?.length ?? 0) > largestGraph);
  if (large === undefined) return;
  throw unfitPair(
    `an ONNX file of ${files[large]!.length} bytes for the ${large}`,
    `at most ${largestGraph}`,
  );
}
