import {
  type CodeGrid,
  type LinearContext,
  type SymbolTable,
  serializeTables,
  symbolTableFromCounts,
  uniformTable,
} from "@nacre/entropy";
import type { Runtime } from "@nacre/runtime";
import { hex, weightOf } from "../model-parts.js";
import { readSafetensors, type StoredTensor, type WeightBits, writeSafetensors } from "../safetensors.js";
import { analyzedTiles } from "./encode-picture.js";
import { storedContext } from "./picture-context.js";
import { createPictureEngine } from "./picture-engine.js";
import {
  decoderHash,
  encoderHash,
  loadPictureModel,
  networksOf,
  type PictureModel,
  type PictureModelConfig,
  pictureDecodeHash,
  pictureTensors,
  sideReach,
} from "./picture-model.js";
import type { ReadablePicture } from "./readable-picture.js";
import { chosenSymbols, type TileCodes } from "./tile-symbols.js";

/** What a training run of pictures hands over. */
export type TrainedPictureModel = Omit<
  PictureModelConfig,
  "format" | "medium" | "graphs" | "decodeHash" | "context"
> & {
  /** Of encoder, decoder and "quantizer.steps" [L, C], by their stored names. */
  parameters: Readonly<Record<string, Float32Array>>;
  context: LinearContext;
  /**
   * Scales of logistic distributions that the first and the last table were trained to be, in steps; those
   * between are even in the logarithm. What a table is where nothing was counted.
   */
  scales: { lowest: number; highest: number };
};

/** The same, as the files of a model's folder. */
export type BuiltPictureModel = { config: PictureModelConfig; weights: Uint8Array; tables: Uint8Array };

/**
 * Makes a model out of trained weights: rounds them to fp16 and counts codes over `pictures`, by the very way
 * of encoding, for the tables of side channels and contexts.
 *
 * pictures  never seen in measurements
 */
export async function buildPictureModel(
  trained: TrainedPictureModel,
  pictures: Iterable<ReadablePicture> | AsyncIterable<ReadablePicture>,
  runtime: Runtime,
  { bits = 16 }: { bits?: WeightBits } = {},
): Promise<BuiltPictureModel> {
  const { parameters, context, scales, ...label } = trained;
  const stored = storedContext(context);
  const weights = writeSafetensors({ ...floatTensors(trained), ...stored.tensors }, { bits });
  const { encoder, decoder } = networksOf(label);
  const graphs = { encoder: await encoderHash(encoder), decoder: await decoderHash(decoder) };
  const rounded = roundedParameters(trained, weights);
  const files = async (tables: Uint8Array): Promise<BuiltPictureModel> => {
    const draft = { format: "nacre.model/0", medium: "image", ...label, context: stored.config } as const;
    const joined = { config: draft, decoder, parameters: rounded, context };
    const decodeHash = hex(await pictureDecodeHash(joined, tables));
    return { config: { ...draft, graphs, decodeHash }, weights, tables };
  };
  const model = await loadPictureModel(await files(serializeTables(uniformTables(context))));
  return files(serializeTables(await countedTables(model, scales, pictures, runtime)));
}

function floatTensors(trained: TrainedPictureModel): Record<string, StoredTensor> {
  const specs = pictureTensors(trained);
  return Object.fromEntries(
    specs.map(({ name, shape }) => [name, { shape, data: trained.parameters[name]! }]),
  );
}

/** Values as they will be read: halves. */
function roundedParameters(trained: TrainedPictureModel, weights: Uint8Array): Record<string, Float32Array> {
  const { tensors } = readSafetensors(weights);
  const specs = pictureTensors(trained);
  return Object.fromEntries(specs.map(({ name, shape }) => [name, weightOf(tensors, name, shape)]));
}

/** Tables that favour nothing, for a context. */
export function uniformTables({ sideChannels, layers, tables, reach }: LinearContext): SymbolTable[] {
  const [side, content] = [uniformTable(2 * sideReach + 1), uniformTable(2 * reach + 1)];
  return [
    ...Array.from({ length: sideChannels }, () => side),
    ...Array.from({ length: layers.length * tables }, () => content),
  ];
}

/** How often codes were seen: [side channel][code], [layer][table][code]. */
export type CodeCounts = { side: Uint32Array[]; content: Uint32Array[][] };

async function countedTables(
  model: PictureModel,
  scales: TrainedPictureModel["scales"],
  pictures: Iterable<ReadablePicture> | AsyncIterable<ReadablePicture>,
  runtime: Runtime,
): Promise<SymbolTable[]> {
  const counts = emptyCounts(model.context);
  const engine = createPictureEngine(model, runtime);
  for await (const picture of pictures) {
    for await (const { at, codes } of analyzedTiles(model, engine, picture))
      countTile(model, at, codes, counts);
  }
  await engine.close();
  return tablesOfCounts(counts, scales);
}

/** Counts of nothing yet. */
export function emptyCounts({ sideChannels, layers, tables, reach }: LinearContext): CodeCounts {
  const empty = (count: number, most: number) =>
    Array.from({ length: count }, () => new Uint32Array(2 * most + 1));
  return { side: empty(sideChannels, sideReach), content: layers.map(() => empty(tables, reach)) };
}

/** Tables of side channels and of every layer's contexts, the logistic of their scale where little was counted. */
export function tablesOfCounts(
  { side, content }: CodeCounts,
  { lowest, highest }: TrainedPictureModel["scales"],
): SymbolTable[] {
  const tables = content[0]!.length;
  const ratio = tables > 1 ? (highest / lowest) ** (1 / (tables - 1)) : 1;
  return [
    ...side.map((each) => smoothedTable(each, meanSize(each))),
    ...content.flatMap((all) =>
      all.map((each, table) => smoothedTable(bothSigns(each), lowest * ratio ** table)),
    ),
  ];
}

/** Counts the codes of a tile by their tables. */
export function countTile(
  model: Pick<PictureModel, "context">,
  grid: CodeGrid,
  codes: TileCodes,
  counts: CodeCounts,
): void {
  for (const [at, code] of codes.side.entries()) counts.side[at % counts.side.length]![code]! += 1;
  let layer = 0;
  for (const { symbols, choice } of chosenSymbols(model, grid, codes)) {
    const own = counts.content[layer++]!;
    for (const [at, symbol] of symbols.entries()) own[choice[at]!]![symbol]! += 1;
  }
}

/** Counts are worth this many parts each, and the logistic as much as so many symbols. */
const partsPerCount = 64;
const priorSymbols = 64;

/**
 * The table of counts of codes around zero and, as far as there are few, of a logistic distribution cut into cells
 * of one step.
 */
function smoothedTable(counts: Uint32Array, scale: number): SymbolTable {
  const middle = (counts.length - 1) / 2;
  const cell = (edge: number) => 1 / (1 + Math.exp(-edge / scale));
  return symbolTableFromCounts(
    Array.from(counts, (count, symbol) => {
      const size = Math.abs(symbol - middle);
      const share = cell(0.5 - size) - cell(-0.5 - size);
      return count * partsPerCount + Math.round(share * priorSymbols * partsPerCount);
    }),
  );
}

/** Of content a code is as likely as its negative: each gets what was counted of both. */
function bothSigns(counts: Uint32Array): Uint32Array {
  return counts.map((count, symbol) => count + counts[counts.length - 1 - symbol]!);
}

/** A scale for the logistic of a side channel, from its mean magnitude. */
function meanSize(counts: Uint32Array): number {
  const middle = (counts.length - 1) / 2;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const sizes = counts.reduce((sum, count, symbol) => sum + count * Math.abs(symbol - middle), 0);
  return Math.max(0.3, total === 0 ? middle / 4 : sizes / total / Math.LN2 / 2);
}
