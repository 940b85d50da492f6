import { decoderByName } from "@nacre/decoder";
import { encoderByName } from "@nacre/encoder";
import { serializeTables, symbolTableFromCounts, uniformTable } from "@nacre/entropy";
import type { Runtime } from "@nacre/runtime";
import { createCodec } from "./codec.js";
import { codesPerFrame } from "./layer-symbols.js";
import {
  decodeHashOf,
  graphHash,
  loadModel,
  type Model,
  type ModelConfig,
  type ModelFiles,
  type NetworkModel,
} from "./model.js";
import { hex } from "./model-parts.js";
import { openQuantizer, quantizerTensors } from "./quantizers/quantizers.js";
import { readSafetensors, type WeightBits, writeSafetensors } from "./safetensors.js";

/** What a training run hands over. */
export type TrainedModel = Omit<ModelConfig, "format" | "medium" | "graphs" | "decodeHash" | "silence"> & {
  /** Of encoder, decoder and quantizer, by their stored names. */
  parameters: Readonly<Record<string, Float32Array>>;
};

/** The same, as the files of a model's folder. */
export type BuiltModel = { config: ModelConfig; weights: Uint8Array; tables: Uint8Array };

/**
 * Makes a model out of trained weights: rounds them to `bits` each (16 unless it says otherwise), finds the codes of silence, and counts
 * codes over `sounds` for the integer tables.
 *
 * sounds  mono at the model's rate, never heard in measurements
 */
export async function buildModel(
  { parameters, ...trained }: TrainedModel,
  sounds: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  runtime: Runtime,
  { bits = 16 }: { bits?: WeightBits } = {},
): Promise<BuiltModel> {
  const encoder = partOf(encoderByName, trained.encoder);
  const decoder = partOf(decoderByName, trained.decoder);
  const specs = [
    ...encoder.network.parameters(encoder.config),
    ...decoder.network.parameters(decoder.config),
    ...quantizerTensors(trained.quantizer),
  ];
  const tensors = quantizerTensors(trained.quantizer).map(({ name }) => parameters[name]!);
  const sizes = openQuantizer(trained.quantizer, tensors).alphabets.flat();
  const weights = writeSafetensors(
    Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: parameters[name]! }])),
    { bits },
  );
  const graphs = {
    encoder: await graphHash(encoder, "encoder"),
    decoder: await graphHash(decoder, "decoder"),
  };
  const files = async (silence: number[], tables: Uint8Array): Promise<BuiltModel> => {
    const draft = { format: "nacre.model/0" as const, medium: "audio" as const, ...trained, silence };
    const rounded = roundedWeights(weights);
    const decodeHash = hex(await decodeHashOf(draft, decoder, rounded, tables));
    return { config: { ...draft, graphs, decodeHash }, weights, tables };
  };
  const draft = await files(
    sizes.map(() => 0),
    serializeTables(sizes.map(uniformTable)),
  );
  const { silence, counts } = await countCodes(await loadModel(draft), sounds, runtime);
  return files(silence, serializeTables(counts.map(symbolTableFromCounts)));
}

/** Codes of silence, and how often each code comes over `sounds`, by layer and place. */
export async function countCodes(
  model: Model,
  sounds: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  runtime: Runtime,
) {
  const places = codesPerFrame(model);
  const codec = await createCodec(model, runtime);
  const counts = model.quantizer.alphabets.flat().map((size) => new Uint32Array(size));
  const quiet = await codec.codes(new Float32Array(model.sampleRate * 2));
  for await (const sound of sounds) {
    const found = await codec.codes(sound);
    for (const [layer, { data }] of found.entries()) {
      for (const [at, code] of data.entries()) counts[layer * places + (at % places)]![code]! += 1;
    }
  }
  await codec.close();
  return { silence: quiet.flatMap(({ data }) => [...data.subarray(-places)]), counts };
}

function roundedWeights(weights: Uint8Array): Record<string, Float32Array> {
  const { tensors } = readSafetensors(weights);
  return Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array]));
}

function partOf(
  find: typeof encoderByName,
  { architecture, version, config }: ModelConfig["encoder"],
): NetworkModel["encoder"] {
  const network = find(architecture, version);
  return { network, config: network.parse(config) };
}

/** Text of a model's json file, the same bytes for the same model. */
export function modelText({ config }: { config: unknown }): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

export type { ModelFiles };
