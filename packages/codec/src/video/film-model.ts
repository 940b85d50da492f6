import type { FrameDecoder, FrameEncoder, ParameterSpec } from "@nacre/blocks";
import { frameDecoderByName } from "@nacre/decoder";
import { frameEncoderByName } from "@nacre/encoder";
import { type LinearContext, parseTables, type SymbolTable } from "@nacre/entropy";
import { input } from "@nacre/graph";
import { z } from "zod";
import { sha256 } from "../hash.js";
import type { ModelFiles } from "../model.js";
import { bytesOf, checkGraph, hex, labelFields, networkSchema, unfit, weightOf } from "../model-parts.js";
import { contextArrays, contextSchema, openContext } from "../picture/picture-context.js";
import { parameterInputs, sortedText, splitTables, weightless } from "../picture/picture-model.js";
import type { OpenQuantizer } from "../quantizers/quantizer-kind.js";
import { residualScalar, residualScalarSchema } from "../quantizers/residual-scalar.js";
import { readSafetensors } from "../safetensors.js";

/** What model.json of a model of predicted frames holds. It codes no frame of its own: it stands beside a model of pictures. */
export const filmModelSchema = z.object({
  ...labelFields,
  medium: z.literal("video"),
  encoder: networkSchema,
  decoder: networkSchema,
  quantizer: residualScalarSchema,
  context: contextSchema,
});

/** The parsed model.json of a model of predicted frames. */
export type FilmModelConfig = z.infer<typeof filmModelSchema>;

/** A model of predicted frames that is ready to be opened; parts as a PictureModel has them. */
export type FilmModel = {
  medium: "video";
  config: FilmModelConfig;
  id: string;
  decodeHash: Uint8Array;
  encoder: { network: FrameEncoder<unknown>; config: unknown };
  decoder: { network: FrameDecoder<unknown>; config: unknown };
  quantizer: OpenQuantizer;
  context: LinearContext;
  parameters: Record<string, Float32Array>;
  sideTables: SymbolTable[];
  tables: SymbolTable[][];
  patch: number;
  cell: number;
};

/**
 * Checks the files of a model of predicted frames and joins them.
 *
 * throws NacreError "model" when files are damaged, do not belong together or are of another medium, "version" when
 *        networks are computed otherwise by this release
 */
export async function loadFilmModel({ config: json, weights, tables }: ModelFiles): Promise<FilmModel> {
  const parsed = filmModelSchema.safeParse(json);
  if (!parsed.success) throw unfit(`model.json: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const { encoder, decoder } = frameNetworksOf(config);
  const { patch, cell, sideChannels } = checkFit(config, encoder, decoder);
  const { tensors } = readSafetensors(weights);
  const parameters: Record<string, Float32Array> = {};
  for (const { name, shape } of filmTensors(config)) parameters[name] = weightOf(tensors, name, shape);
  const quantizer = residualScalar.open(config.quantizer, [parameters["quantizer.steps"]!]);
  const sizes = { channels: quantizer.dimension, sideChannels, reach: config.quantizer.reach };
  const context = openContext(config.context, sizes, tensors);
  const joined = { config, decoder, parameters, context };
  const split = splitTables(parseTables(tables), context);
  checkGraph(config, "encoder", await frameEncoderHash(encoder));
  checkGraph(config, "decoder", await frameDecoderHash(decoder));
  const decodeHash = await filmDecodeHash(joined, tables);
  if (hex(decodeHash) !== config.decodeHash) {
    throw unfit(`decode hash ${hex(decodeHash)} where model.json says ${config.decodeHash}`);
  }
  const id = `${config.name}@${config.version}`;
  return { medium: "video", id, decodeHash, encoder, quantizer, ...joined, ...split, patch, cell };
}

type Described = Pick<FilmModelConfig, "encoder" | "decoder" | "quantizer">;

/** The networks that a config names. throws NacreError "model" or "version" */
export function frameNetworksOf({
  encoder,
  decoder,
}: Pick<Described, "encoder" | "decoder">): Pick<FilmModel, "encoder" | "decoder"> {
  const first = frameEncoderByName(encoder.architecture, encoder.version);
  const last = frameDecoderByName(decoder.architecture, decoder.version);
  return {
    encoder: { network: first, config: first.parse(encoder.config) },
    decoder: { network: last, config: last.parse(decoder.config) },
  };
}

/** Names and shapes of the stored float tensors. */
export function filmTensors(config: Described): Pick<ParameterSpec, "name" | "shape">[] {
  const { encoder, decoder } = frameNetworksOf(config);
  return [
    ...encoder.network.parameters(encoder.config),
    ...decoder.network.parameters(decoder.config),
    ...residualScalar.tensors(config.quantizer),
  ];
}

/** The 8 bytes that name what decides decoding; the encoder's dead zone does not. */
export async function filmDecodeHash(
  {
    config,
    decoder,
    parameters,
    context,
  }: Pick<FilmModel, "decoder" | "parameters" | "context"> & {
    config: Pick<FilmModelConfig, "decoder" | "quantizer" | "context">;
  },
  tables: Uint8Array,
): Promise<Uint8Array> {
  const { layers, dimension, reach } = config.quantizer;
  const said = { layers, dimension, reach, decoder: config.decoder, context: config.context };
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
export async function frameEncoderHash({ network, config }: FilmModel["encoder"]): Promise<string> {
  const { patch, cell } = network.describe(config);
  const shape = [1, 3, patch * cell, patch * cell];
  const [frame, prediction] = [input("frame", "float32", shape), input("prediction", "float32", shape)];
  const parameters = parameterInputs(network.parameters(config));
  const { latent, side } = network.forward(config, parameters, frame, prediction);
  return weightless("encoder", [frame, prediction], parameters, { latent, side });
}

/** The same of the decoder's. */
export async function frameDecoderHash({ network, config }: FilmModel["decoder"]): Promise<string> {
  const { patch, cell, latentDim, sideChannels, layers } = network.describe(config);
  const latent = input("latent", "float32", [1, cell, cell, latentDim]);
  const side = input("side", "float32", [1, 1, 1, sideChannels]);
  const depth = input("depth", "float32", [1, layers + 1]);
  const prediction = input("prediction", "float32", [1, 3, patch * cell, patch * cell]);
  const parameters = parameterInputs(network.parameters(config));
  const output = network.forward(config, parameters, { latent, side, depth, prediction });
  return weightless("decoder", [latent, side, depth, prediction], parameters, { output });
}

function checkFit(
  { quantizer, context }: FilmModelConfig,
  encoder: FilmModel["encoder"],
  decoder: FilmModel["decoder"],
) {
  const from = encoder.network.describe(encoder.config);
  const to = decoder.network.describe(decoder.config);
  const same = (["patch", "cell", "latentDim", "sideChannels"] as const).every(
    (name) => from[name] === to[name],
  );
  const layers = [to.layers, quantizer.layers, context.sources.length];
  if (same && from.latentDim === quantizer.dimension && layers.every((count) => count === layers[0]))
    return from;
  throw unfit(
    `an encoder of latent ${from.latentDim} beside a decoder of latent ${to.latentDim}, a quantizer of ${quantizer.dimension}, and ${layers.join(", ")} layers`,
    "parts that fit",
  );
}
