import { type CodeGrid, type LinearContext, serializeTables } from "@nacre/entropy";
import { hex, weightOf } from "../model-parts.js";
import {
  countTile,
  emptyCounts,
  type TrainedPictureModel,
  tablesOfCounts,
  uniformTables,
} from "../picture/build-picture-model.js";
import { storedContext } from "../picture/picture-context.js";
import type { TileCodes } from "../picture/tile-symbols.js";
import { readSafetensors, type WeightBits, writeSafetensors } from "../safetensors.js";
import {
  type FilmModelConfig,
  filmDecodeHash,
  filmTensors,
  frameDecoderHash,
  frameEncoderHash,
  frameNetworksOf,
  loadFilmModel,
} from "./film-model.js";

/** What a training run of predicted frames hands over; parameters, context and scales as for pictures. */
export type TrainedFilmModel = Omit<
  FilmModelConfig,
  "format" | "medium" | "graphs" | "decodeHash" | "context"
> & {
  parameters: Readonly<Record<string, Float32Array>>;
  context: LinearContext;
  scales: TrainedPictureModel["scales"];
};

/** The same, as the files of a model's folder. */
export type BuiltFilmModel = { config: FilmModelConfig; weights: Uint8Array; tables: Uint8Array };

/** Codes of a predicted frame: side codes and content layers, with those of the frame before. */
export type CountedFrame = { grid: CodeGrid; codes: TileCodes };

/**
 * Makes a model out of trained weights: rounds them to `bits` each and counts codes for the tables of side channels and contexts.
 *
 * frames  coded by these weights, never seen in measurements
 */
export async function buildFilmModel(
  trained: TrainedFilmModel,
  frames: Iterable<CountedFrame> | AsyncIterable<CountedFrame>,
  { bits = 16 }: { bits?: WeightBits } = {},
): Promise<BuiltFilmModel> {
  const { parameters, context, scales, ...label } = trained;
  const stored = storedContext(context);
  const specs = filmTensors(trained);
  const floats = specs.map(({ name, shape }) => [name, { shape, data: parameters[name]! }] as const);
  const weights = writeSafetensors({ ...Object.fromEntries(floats), ...stored.tensors }, { bits });
  const { tensors } = readSafetensors(weights);
  const rounded = Object.fromEntries(specs.map(({ name, shape }) => [name, weightOf(tensors, name, shape)]));
  const { encoder, decoder } = frameNetworksOf(label);
  const graphs = { encoder: await frameEncoderHash(encoder), decoder: await frameDecoderHash(decoder) };
  const files = async (tables: Uint8Array): Promise<BuiltFilmModel> => {
    const draft = { format: "nacre.model/0", medium: "video", ...label, context: stored.config } as const;
    const joined = { config: draft, decoder, parameters: rounded, context };
    const decodeHash = hex(await filmDecodeHash(joined, tables));
    return { config: { ...draft, graphs, decodeHash }, weights, tables };
  };
  const model = await loadFilmModel(await files(serializeTables(uniformTables(context))));
  const counts = emptyCounts(context);
  for await (const { grid, codes } of frames) countTile(model, grid, codes, counts);
  return files(serializeTables(tablesOfCounts(counts, scales)));
}
