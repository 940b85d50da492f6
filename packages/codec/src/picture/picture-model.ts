import type { ParameterSpec, Parameters, PictureDecoder, PictureEncoder } from "@nacre/blocks";
import { pictureDecoderByName } from "@nacre/decoder";
import { pictureEncoderByName } from "@nacre/encoder";
import { type LinearContext, parseTables, type SymbolTable } from "@nacre/entropy";
import { input, onnxModel, type Tensor } from "@nacre/graph";
import { z } from "zod";
import { sha256 } from "../hash.js";
import type { ModelFiles } from "../model.js";
import { bytesOf, checkGraph, hex, labelFields, networkSchema, unfit, weightOf } from "../model-parts.js";
import type { OpenQuantizer } from "../quantizers/quantizer-kind.js";
import { residualScalar, residualScalarSchema } from "../quantizers/residual-scalar.js";
import { readSafetensors } from "../safetensors.js";
import { contextArrays, contextSchema, openContext } from "./picture-context.js";

/** What model.json of a model of pictures holds. */
export const pictureModelSchema = z.object({
  ...labelFields,
  medium: z.literal("image"),
  /**
   * In positions of the latent, multiples of the cell: a tile's side, and what the networks see beside a tile.
   * Wider margins cost time and make seams fainter; the receptive field's width leaves none.
   */
  tile: z.object({
    size: z.int().min(1).max(256),
    encoderMargin: z.int().min(0).max(256),
    decoderMargin: z.int().min(0).max(256),
  }),
  encoder: networkSchema,
  decoder: networkSchema,
  quantizer: residualScalarSchema,
  context: contextSchema,
});

/** The parsed model.json of a model of pictures. */
export type PictureModelConfig = z.infer<typeof pictureModelSchema>;

/** Side codes are stored as 0 .. 2 * sideReach, this stands for zero. */
export const sideReach = 127;

type Part<N> = { network: N; config: unknown };

/** A model of pictures that is ready to be opened by a codec. */
export type PictureModel = {
  medium: "image";
  config: PictureModelConfig;
  /** "name@version", as files name it. */
  id: string;
  /** [8] */
  decodeHash: Uint8Array;
  encoder: Part<PictureEncoder<unknown>>;
  decoder: Part<PictureDecoder<unknown>>;
  quantizer: OpenQuantizer;
  context: LinearContext;
  /** Of encoder, decoder and quantizer, by their stored names. */
  parameters: Record<string, Float32Array>;
  /** [Z], of the side channels. */
  sideTables: SymbolTable[];
  /** [layer][table], of the content layers. */
  tables: SymbolTable[][];
  /** Pixels along a side of a position, and positions along a side of a cell. */
  patch: number;
  cell: number;
};

/**
 * Checks the files of a model of pictures and joins them.
 *
 * throws NacreError "model" when files are damaged, do not belong together or are of another medium, "version"
 *        when networks are computed otherwise by this release
 */
export async function loadPictureModel({ config: json, weights, tables }: ModelFiles): Promise<PictureModel> {
  const parsed = pictureModelSchema.safeParse(json);
  if (!parsed.success) throw unfit(`model.json: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const { encoder, decoder } = networksOf(config);
  const { patch, cell, sideChannels } = checkFit(config, encoder, decoder);
  const { tensors } = readSafetensors(weights);
  const parameters: Record<string, Float32Array> = {};
  for (const { name, shape } of pictureTensors(config)) parameters[name] = weightOf(tensors, name, shape);
  const quantizer = residualScalar.open(config.quantizer, [parameters["quantizer.steps"]!]);
  const sizes = { channels: quantizer.dimension, sideChannels, reach: config.quantizer.reach };
  const context = openContext(config.context, sizes, tensors);
  const joined = { config, decoder, parameters, context };
  const split = splitTables(parseTables(tables), context);
  checkGraph(config, "encoder", await encoderHash(encoder));
  checkGraph(config, "decoder", await decoderHash(decoder));
  const decodeHash = await pictureDecodeHash(joined, tables);
  if (hex(decodeHash) !== config.decodeHash) {
    throw unfit(`decode hash ${hex(decodeHash)} where model.json says ${config.decodeHash}`);
  }
  const id = `${config.name}@${config.version}`;
  return { medium: "image", id, decodeHash, encoder, quantizer, ...joined, ...split, patch, cell };
}

type Described = Pick<PictureModelConfig, "encoder" | "decoder" | "quantizer">;

/** The networks that a config names. throws NacreError "model" or "version" */
export function networksOf({ encoder, decoder }: Pick<Described, "encoder" | "decoder">) {
  const first = pictureEncoderByName(encoder.architecture, encoder.version);
  const last = pictureDecoderByName(decoder.architecture, decoder.version);
  return {
    encoder: { network: first, config: first.parse(encoder.config) },
    decoder: { network: last, config: last.parse(decoder.config) },
  };
}

/** Names and shapes of the stored float tensors. */
export function pictureTensors(config: Described): Pick<ParameterSpec, "name" | "shape">[] {
  const { encoder, decoder } = networksOf(config);
  return [
    ...encoder.network.parameters(encoder.config),
    ...decoder.network.parameters(decoder.config),
    ...residualScalar.tensors(config.quantizer),
  ];
}

/** The 8 bytes that name what decides decoding; the encoder's dead zone and margin do not. */
export async function pictureDecodeHash(
  {
    config,
    decoder,
    parameters,
    context,
  }: Pick<PictureModel, "decoder" | "parameters" | "context"> & {
    config: Pick<PictureModelConfig, "tile" | "decoder" | "quantizer" | "context">;
  },
  tables: Uint8Array,
): Promise<Uint8Array> {
  const { size, decoderMargin } = config.tile;
  const { layers, dimension, reach } = config.quantizer;
  const said = {
    ...{ size, decoderMargin, layers, dimension, reach },
    decoder: config.decoder,
    context: config.context,
  };
  const names = decoder.network.parameters(decoder.config).map(({ name }) => name);
  const parts = [
    new TextEncoder().encode(sortedText(said)),
    ...[...names, "quantizer.steps"].map((name) => bytesOf(parameters[name]!)),
    ...contextArrays(context).map(bytesOf),
    tables,
  ];
  return (await sha256(parts)).slice(0, 8);
}

/** SHA-256, in hex, of the encoder's graph over one cell with its weights as inputs. */
export async function encoderHash({ network, config }: PictureModel["encoder"]): Promise<string> {
  const { patch, cell } = network.describe(config);
  const picture = input("picture", "float32", [1, 3, patch * cell, patch * cell]);
  const parameters = parameterInputs(network.parameters(config));
  const { latent, side } = network.forward(config, parameters, picture);
  return weightless("encoder", [picture], parameters, { latent, side });
}

/** The same of the decoder's. */
export async function decoderHash({ network, config }: PictureModel["decoder"]): Promise<string> {
  const { cell, latentDim, sideChannels, layers } = network.describe(config);
  const latent = input("latent", "float32", [1, cell, cell, latentDim]);
  const side = input("side", "float32", [1, 1, 1, sideChannels]);
  const depth = input("depth", "float32", [1, layers + 1]);
  const parameters = parameterInputs(network.parameters(config));
  const output = network.forward(config, parameters, { latent, side, depth });
  return weightless("decoder", [latent, side, depth], parameters, { output });
}

/** JSON with the keys in order: who writes model.json in another order has the same model. */
export function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Weights as inputs of a graph, for its hash. */
export function parameterInputs(specs: readonly ParameterSpec[]): Parameters {
  return Object.fromEntries(specs.map(({ name, shape }) => [name, input(name, "float32", shape)]));
}

/** SHA-256, in hex, of a graph that has its weights as inputs. */
export async function weightless(
  name: string,
  inputs: readonly Tensor[],
  parameters: Parameters,
  outputs: Record<string, Tensor>,
): Promise<string> {
  return hex(await sha256([onnxModel({ name, inputs: [...inputs, ...Object.values(parameters)], outputs })]));
}

function checkFit(
  { tile, quantizer, context }: PictureModelConfig,
  encoder: PictureModel["encoder"],
  decoder: PictureModel["decoder"],
) {
  const from = encoder.network.describe(encoder.config);
  const to = decoder.network.describe(decoder.config);
  const same = (["patch", "cell", "latentDim", "sideChannels"] as const).every(
    (name) => from[name] === to[name],
  );
  const layers = [to.layers, quantizer.layers, context.sources.length];
  if (!same || from.latentDim !== quantizer.dimension || layers.some((count) => count !== layers[0])) {
    throw unfit(
      `an encoder of latent ${from.latentDim} beside a decoder of latent ${to.latentDim}, a quantizer of ${quantizer.dimension}, and ${layers.join(", ")} layers`,
      "parts that fit",
    );
  }
  const sizes = [tile.size, tile.encoderMargin, tile.decoderMargin];
  if (sizes.some((size) => size % from.cell !== 0)) {
    throw unfit(`tiles of ${sizes.join(", ")} positions`, `multiples of ${from.cell}`);
  }
  return from;
}

/** Tables of side channels and of content layers, of a list of both. throws NacreError "model" when they do not fit */
export function splitTables(
  all: SymbolTable[],
  { sideChannels, layers, tables, reach }: LinearContext,
): Pick<PictureModel, "sideTables" | "tables"> {
  const sideTables = all.slice(0, sideChannels);
  const content = layers.map((_, layer) => {
    const from = sideChannels + layer * tables;
    return all.slice(from, from + tables);
  });
  const fits = (table: SymbolTable, most: number) => table.frequencies.length === 2 * most + 1;
  const good =
    all.length === sideChannels + layers.length * tables &&
    sideTables.every((table) => fits(table, sideReach)) &&
    content.flat().every((table) => fits(table, reach));
  if (good) return { sideTables, tables: content };
  throw unfit(
    `${all.length} tables`,
    `${sideChannels} of ${2 * sideReach + 1} symbols and ${layers.length} times ${tables} of ${2 * reach + 1}`,
  );
}
