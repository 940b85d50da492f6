import { strideOf } from "../layer-symbols.js";
import type { NetworkModel } from "../model.js";
import { tailFrames } from "../sides.js";

/** config.json beside the graphs of a sound model. Counts are in frames unless they say otherwise. */
export type SoundExportConfig = {
  model: string;
  licence: string;
  medium: "audio";
  /** Hertz, and samples of a frame. */
  sampleRate: number;
  hop: number;
  /** Width of the latent. */
  dimension: number;
  layers: number;
  /** [layer][place]: codes are 0 .. alphabet - 1, `alphabet` is the code of a layer that is left out. */
  alphabets: readonly (readonly number[])[];
  /** [layer * places]: codes of digital silence. */
  silence: readonly number[];
  /** Frames that are coded together, and [layer] frames from one code of a layer to its next. */
  framesTogether: number;
  strides: readonly number[];
  /** Frames that are coded beyond the last sample. */
  tailFrames: number;
  /** Whether the networks have ends of their own and take no context beyond those of the sound. */
  ownEnds: boolean;
  encoder: { past: number; future: number };
  decoder: { past: number; future: number };
  framesPerChunk: number;
  decodeHash: string;
};

/** What programs need to know of a sound model's graphs. */
export function soundExportConfig(model: NetworkModel): SoundExportConfig {
  const { config, quantizer, sampleRate, hop } = model;
  const from = model.encoder.network.describe(model.encoder.config);
  const to = model.decoder.network.describe(model.decoder.config);
  return {
    model: model.id,
    licence: config.licence,
    medium: "audio",
    sampleRate,
    hop,
    dimension: quantizer.dimension,
    layers: quantizer.layers,
    alphabets: quantizer.alphabets,
    silence: config.silence,
    framesTogether: model.framesTogether,
    strides: quantizer.alphabets.map((_, layer) => strideOf(model, layer)),
    tailFrames: tailFrames(model),
    ownEnds: to.ownEnds ?? false,
    encoder: from.receptiveField,
    decoder: to.receptiveField,
    framesPerChunk: config.framesPerChunk,
    decodeHash: config.decodeHash,
  };
}
