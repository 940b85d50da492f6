import type { Network, ParameterSpec, Parameters } from "@nacre/blocks";
import { decoderByName } from "@nacre/decoder";
import { encoderByName } from "@nacre/encoder";
import { parseTables, type SymbolTable } from "@nacre/entropy";
import { input, onnxModel } from "@nacre/graph";
import { z } from "zod";
import { sha256 } from "./hash.js";
import { bytesOf, checkGraph, hex, labelFields, networkSchema, unfit, weightOf } from "./model-parts.js";
import { isPairConfig, type PairModel } from "./onnx-pair/pair-model.js";
import type { OpenQuantizer } from "./quantizers/quantizer-kind.js";
import { openQuantizer, quantizerSchema, quantizerTensors } from "./quantizers/quantizers.js";
import { readSafetensors } from "./safetensors.js";

/** What model.json of a model of sound holds. */
export const modelSchema = z.object({
  format: labelFields.format,
  name: labelFields.name,
  version: labelFields.version,
  description: labelFields.description,
  medium: z.literal("audio"),
  licence: labelFields.licence,
  /** Frames that are coded together: windows and chunks of the file. */
  framesPerChunk: z.int().min(1).max(4096),
  encoder: networkSchema,
  decoder: networkSchema,
  quantizer: quantizerSchema,
  /** Codes of digital silence, layer by layer: what the decoder sees beyond the ends of a signal. */
  silence: z.array(z.int().nonnegative()),
  graphs: labelFields.graphs,
  decodeHash: labelFields.decodeHash,
  provenance: labelFields.provenance,
});

/** The parsed model.json. */
export type ModelConfig = z.infer<typeof modelSchema>;

/** The files of a model as bytes; `graphs` are the ONNX files of a pair, by the names of its parts. */
export type ModelFiles = {
  config: unknown;
  weights: Uint8Array;
  tables: Uint8Array;
  graphs?: Readonly<Record<string, Uint8Array>>;
};

/**
 * A model that is ready to be opened by a codec. What the codec needs of one is what both kinds have, and its sides
 * (`sideOf`) and engine (`engineOf`).
 */
export type Model = NetworkModel | PairModel;

/** A model of our own networks. */
export type NetworkModel = {
  kind: "networks";
  medium: "audio";
  config: ModelConfig;
  /** "name@version", as files name it. */
  id: string;
  /** [8] */
  decodeHash: Uint8Array;
  encoder: { network: Network<unknown>; config: unknown };
  decoder: { network: Network<unknown>; config: unknown };
  quantizer: OpenQuantizer;
  /** Of encoder, decoder and quantizer, by their stored names. */
  parameters: Record<string, Float32Array>;
  /** [layer][place], flat: one per code of a frame. */
  tables: SymbolTable[];
  /** Samples per second and per frame that the networks work with. */
  sampleRate: number;
  hop: number;
  /** Frames that are coded together, by layers of longer strides or by a network; chunks hold a multiple of it. */
  framesTogether: number;
};

/**
 * Checks the files of a model and joins them.
 *
 * throws NacreError "model" when files are damaged, do not belong together, or were made by networks
 * that this version computes otherwise
 */
export async function loadModel({
  config: json,
  weights,
  tables,
}: Pick<ModelFiles, "config" | "weights" | "tables">): Promise<NetworkModel> {
  if (isPairConfig(json)) throw unfit("ONNX files in the place of weights", "one of our own networks");
  const parsed = modelSchema.safeParse(json);
  if (!parsed.success) throw unfit(`model.json: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const encoder = networkOf(encoderByName, config.encoder);
  const decoder = networkOf(decoderByName, config.decoder);
  const { tensors } = readSafetensors(weights);
  const parameters: Record<string, Float32Array> = {};
  for (const { name, shape } of specsOf(encoder, decoder)) {
    parameters[name] = weightOf(tensors, name, shape);
  }
  const stored = quantizerTensors(config.quantizer);
  for (const { name, shape } of stored) parameters[name] = weightOf(tensors, name, shape);
  const quantizer = openQuantizer(
    config.quantizer,
    stored.map(({ name }) => parameters[name]!),
  );
  checkFit(encoder, decoder, quantizer);
  const symbolTables = parseTables(tables);
  checkTables(quantizer, symbolTables, config.silence);
  await checkGraphs(config, encoder, decoder);
  const decodeHash = await decodeHashOf(config, decoder, parameters, tables);
  if (hex(decodeHash) !== config.decodeHash) {
    throw unfit(`decode hash ${hex(decodeHash)} where model.json says ${config.decodeHash}`);
  }
  const { sampleRate, hop } = encoder.network.describe(encoder.config);
  const framesTogether = togetherOf(encoder, decoder, quantizer);
  if (config.framesPerChunk % framesTogether !== 0)
    throw unfit(`chunks of ${config.framesPerChunk} frames`, `a multiple of ${framesTogether}`);
  return {
    kind: "networks",
    medium: "audio",
    config,
    id: `${config.name}@${config.version}`,
    decodeHash,
    encoder,
    decoder,
    quantizer,
    parameters,
    tables: symbolTables,
    sampleRate,
    hop,
    framesTogether,
  };
}

/** The 8 bytes that name what decides decoding. Values count as they are used: as float32. */
export async function decodeHashOf(
  { quantizer, decoder: named, silence, framesPerChunk }: Omit<ModelConfig, "decodeHash" | "graphs">,
  decoder: NetworkModel["decoder"],
  parameters: Readonly<Record<string, Float32Array>>,
  tables: Uint8Array,
): Promise<Uint8Array> {
  const text = JSON.stringify({ quantizer, decoder: named, silence, framesPerChunk });
  const stored = [...decoder.network.parameters(decoder.config), ...quantizerTensors(quantizer)];
  const parts = [
    new TextEncoder().encode(text),
    ...stored.map(({ name }) => bytesOf(parameters[name]!)),
    tables,
  ];
  return (await sha256(parts)).slice(0, 8);
}

/** SHA-256, in hex, of a network's graph over one item with its weights as inputs. */
export async function graphHash(
  { network, config }: NetworkModel["encoder"],
  side: "encoder" | "decoder",
): Promise<string> {
  const { hop, latentDim, framesTogether = 1 } = network.describe(config);
  // A few frames: enough for every block, and no larger than the hash needs.
  const frames = framesTogether * Math.ceil(4 / framesTogether);
  const shape = side === "encoder" ? [1, frames * hop] : [1, frames, latentDim];
  const source = input("input", "float32", shape);
  const specs = network.parameters(config);
  const parameters: Parameters = Object.fromEntries(
    specs.map(({ name, shape }) => [name, input(name, "float32", shape)]),
  );
  const output = network.forward(config, parameters, source);
  return hex(
    await sha256([
      onnxModel({ name: side, inputs: [source, ...Object.values(parameters)], outputs: { output } }),
    ]),
  );
}

function checkFit(
  encoder: NetworkModel["encoder"],
  decoder: NetworkModel["decoder"],
  { dimension }: OpenQuantizer,
): void {
  const from = encoder.network.describe(encoder.config);
  const to = decoder.network.describe(decoder.config);
  const same = from.sampleRate === to.sampleRate && from.hop === to.hop && from.latentDim === to.latentDim;
  if (same && from.latentDim === dimension) return;
  throw unfit(
    `an encoder of ${from.sampleRate} Hz, hop ${from.hop}, latent ${from.latentDim} beside a decoder of ${to.sampleRate} Hz, hop ${to.hop}, latent ${to.latentDim} and a quantizer of ${dimension}`,
    "three that fit",
  );
}

function togetherOf(
  encoder: NetworkModel["encoder"],
  decoder: NetworkModel["decoder"],
  { strides }: OpenQuantizer,
): number {
  const networks = [encoder, decoder].map(({ network, config }) => network.describe(config));
  const together = networks.map(({ framesTogether }) => framesTogether ?? 1);
  const all = [...together, ...(strides ?? [])].reduce(leastMultiple, 1);
  const inner = networks.every(({ ownEnds }) => ownEnds);
  if (all > 1 && !inner) throw unfit("frames coded together by networks without ends of their own");
  if (all > 4096) throw unfit(`${all} frames coded together`, "at most 4096");
  return all;
}

/** The least common multiple. */
export function leastMultiple(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}

function checkTables(
  { alphabets }: OpenQuantizer,
  tables: readonly SymbolTable[],
  silence: readonly number[],
): void {
  const sizes = alphabets.flat();
  if (
    tables.length !== sizes.length ||
    tables.some(({ frequencies }, place) => frequencies.length !== sizes[place])
  ) {
    throw unfit(
      `tables of ${tables.map(({ frequencies }) => frequencies.length).join(", ")} symbols`,
      sizes.join(", "),
    );
  }
  if (silence.length !== sizes.length || silence.some((code, place) => code >= sizes[place]!)) {
    throw unfit(`codes of silence [${silence.join(", ")}]`, `one for each of ${sizes.length} tables`);
  }
}

async function checkGraphs(
  config: ModelConfig,
  encoder: NetworkModel["encoder"],
  decoder: NetworkModel["decoder"],
): Promise<void> {
  checkGraph(config, "encoder", await graphHash(encoder, "encoder"));
  checkGraph(config, "decoder", await graphHash(decoder, "decoder"));
}

function networkOf(
  find: (name: string, version?: number) => Network<unknown>,
  { architecture, version, config }: z.infer<typeof networkSchema>,
): NetworkModel["encoder"] {
  const found = find(architecture, version);
  return { network: found, config: found.parse(config) };
}

function specsOf(...parts: NetworkModel["encoder"][]): ParameterSpec[] {
  return parts.flatMap((part) => part.network.parameters(part.config));
}
