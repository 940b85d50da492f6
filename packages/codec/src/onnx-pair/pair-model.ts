import { parseTables, type SymbolTable } from "@nacre/entropy";
import { z } from "zod";
import { sha256 } from "../hash.js";
import { hex, unfit } from "../model-parts.js";
import { type PairConfig, type PairFiles, type PairPart, pairParts, pairSchema } from "./pair-config.js";

/** A codec of two ONNX files or more that somebody else made; see `Model`. */
export type PairModel = {
  kind: "onnx-pair";
  medium: "audio";
  config: PairConfig;
  /** "name@version", as files name it. */
  id: string;
  /** [8] */
  decodeHash: Uint8Array;
  graphs: PairFiles;
  quantizer: { layers: number; alphabets: readonly (readonly number[])[]; strides?: readonly number[] };
  /** No layer of a pair has fewer codes than another. */
  framesTogether: 1;
  tables: SymbolTable[];
  sampleRate: number;
  hop: number;
};

/** Whether a parsed model.json is that of a pair. */
export function isPairConfig(json: unknown): boolean {
  return z.object({ kind: z.literal("onnx-pair") }).safeParse(json).success;
}

/** Names of the ONNX files that a model.json of a pair asks for. throws NacreError "model" when it is damaged */
export function pairFileNames(json: unknown): PairPart[] {
  const { files } = parsePairConfig(json);
  return pairParts.filter((part) => files[part]);
}

/**
 * Checks the files of a pair and joins them; nothing is opened.
 *
 * throws NacreError "model" when files are damaged or do not belong together
 */
export async function loadPairModel(
  json: unknown,
  graphs: Readonly<Record<string, Uint8Array>>,
  tables: Uint8Array,
): Promise<PairModel> {
  const config = parsePairConfig(json);
  await checkFiles(config, graphs);
  const symbolTables = parseTables(tables);
  checkTables(config, symbolTables);
  const decodeHash = await pairDecodeHash(config, tables);
  if (hex(decodeHash) !== config.decodeHash)
    throw unfit(`decode hash ${hex(decodeHash)} where model.json says ${config.decodeHash}`);
  return pairModel(config, graphs as PairFiles, symbolTables, decodeHash);
}

/** A pair out of parts that fit. */
export function pairModel(
  config: PairConfig,
  graphs: PairFiles,
  tables: SymbolTable[],
  decodeHash: Uint8Array,
): PairModel {
  const { layers, entries, sampleRate, hop, name, version } = config;
  const alphabets = Array.from({ length: layers }, () => [entries]);
  const quantizer = { layers, alphabets };
  const id = `${name}@${version}`;
  return {
    framesTogether: 1,
    kind: "onnx-pair",
    medium: "audio",
    config,
    id,
    decodeHash,
    graphs,
    quantizer,
    tables,
    sampleRate,
    hop,
  };
}

/** The 8 bytes that name what decides decoding: the decoder's files by their hashes, how they are run, the tables. */
export async function pairDecodeHash(
  config: Omit<PairConfig, "decodeHash">,
  tables: Uint8Array,
): Promise<Uint8Array> {
  const { sampleRate, hop, layers, entries, framesPerChunk, tail, silence, files, decoder } = config;
  const said = { sampleRate, hop, layers, entries, framesPerChunk, tail, silence };
  const { past, future, frames, codes, type, output } = decoder;
  const side = { past, future, frames, names: codes.names, axes: codes.axes, type, output };
  const text = JSON.stringify([said, side, files.dequantizer?.sha256, files.decoder.sha256]);
  return (await sha256([new TextEncoder().encode(text), tables])).slice(0, 8);
}

function parsePairConfig(json: unknown): PairConfig {
  const parsed = pairSchema.safeParse(json);
  if (!parsed.success) throw unfit(`model.json: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function checkFiles(
  { files }: PairConfig,
  graphs: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  for (const part of pairParts) {
    const expected = files[part];
    if (!expected) continue;
    const found = graphs[part];
    if (!found) throw unfit(`no ${part}.onnx`);
    if (found.length === expected.bytes && hex(await sha256([found])) === expected.sha256) continue;
    throw unfit(`${part}.onnx of ${found.length} bytes that is another file`, `the one that was imported`);
  }
}

function checkTables({ layers, entries, silence }: PairConfig, tables: readonly SymbolTable[]): void {
  if (tables.length !== layers || tables.some(({ frequencies }) => frequencies.length !== entries))
    throw unfit(`${tables.length} tables`, `${layers} of ${entries} symbols`);
  if (silence.length !== layers || silence.some((code) => code >= entries))
    throw unfit(`codes of silence [${silence.join(", ")}]`, `one for each of ${layers} layers`);
}
