import type { SoundHeader } from "@nacre/bitstream";
import { NacreError } from "@nacre/errors";
import type { Runtime } from "@nacre/runtime";
import type { AudioStream } from "@nacre/signal";
import { soundBlockChanges } from "./block-changes.js";
import { decodeSound } from "./decode-stream.js";
import { encodeSound } from "./encode-stream.js";
import { engineOf } from "./engine.js";
import type { LayerCodes } from "./layer-codes.js";
import type { Model, NetworkModel } from "./model.js";
import { type ModelVariant, modelVariant } from "./model-variant.js";
import { codesOf, latentOf, synthesizeWhole } from "./whole-sound.js";

/** How a stream is written. */
export type EncodeOptions = {
  /** Content layers, 1 .. all; all by default. */
  layers?: number;
  /** Hertz of the sound before it was brought to the model's rate, 1 .. 768000; written into the file. */
  sampleRate: number;
  /** Samples per channel at that rate, where it is known. */
  length?: number;
  /** Samples per channel at that rate once the blocks have ended. */
  finalLength: () => number;
  /** Frames encoded so far. */
  onProgress?: (frames: number) => void;
};

/** How a stream is read. */
export type DecodeOptions = {
  /** Content layers to use, 1 .. those of the file; all by default. */
  layers?: number;
  /**
   * Plays on over damage instead of throwing: where upper layers are lost the lower ones are heard, lost
   * frames become silence, and a cut file ends where it was cut.
   */
  recover?: boolean;
  /**
   * Called with the codes of each chunk, [channel][layer][frames * codes per frame], before they are decoded; what it
   * writes into them is decoded instead. `first`: frames of the sound before the chunk.
   */
  edit?: (codes: readonly (readonly Int32Array[])[], first: number) => void;
  /** Frames decoded so far. */
  onProgress?: (frames: number) => void;
};

/** A sound at the model's rate, and what its file says of the original. */
export type DecodedStream = AudioStream & {
  /** As read, before anything is decoded; its length is what was announced, not what came. */
  header: SoundHeader;
  /**
   * To be asked once the blocks have ended. `length` is in samples per channel at the original's rate;
   * undefined where damage (with `recover`) left it unknown, or other than what was decoded.
   */
  end(): Promise<{ length: number | undefined }>;
};

/** A model joined to a runtime. Close it to free the networks. */
export type Codec<M extends Model = Model> = {
  readonly model: M;
  /**
   * Sound at the model's rate to the bytes of a .nacre file, piece by piece, in bounded memory.
   *
   * throws NacreError "option" for options out of range, "media" for samples that are not finite or none at
   *        all, "shape" for blocks that do not have the channels they say
   */
  encode(sound: AudioStream, options: EncodeOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * Bytes of a .nacre file to sound at the model's rate, chunk by chunk, in bounded memory.
   *
   * throws NacreError "bitstream", "version", or "model" when another model made the file
   */
  decode(source: AsyncIterable<Uint8Array>, options?: DecodeOptions): Promise<DecodedStream>;
  /** Codes of one channel at the model's rate, [layer]. throws NacreError "media" as encode */
  codes(samples: Float32Array): Promise<LayerCodes[]>;
  /**
   * The first `length` samples of one channel's codes, [layer][frame]; the given layers are all used.
   *
   * throws NacreError "shape" for codes that the model cannot have
   */
  synthesize(layers: readonly Int32Array[], length: number): Promise<Float32Array>;
  /** Latent frames of one channel [frames * dimension], as the encoder gives them; throws NacreError "model" for a pair of ONNX files. */
  latent(samples: Float32Array): Promise<Float32Array>;
  /** The same on a variant of the model, to be closed by itself; throws NacreError "model" for a pair of ONNX files. */
  variant(which: ModelVariant): Promise<Codec>;
  /**
   * |state after - state before| / |state before| of each block of the decoder that can be left out, over one channel's
   * codes, [layer][frame * codes per frame] of a prefix; none for a decoder without such blocks. throws as variant
   */
  blockChanges(layers: readonly Int32Array[]): Promise<number[]>;
  close(): Promise<void>;
};

/**
 * Opens a model on a runtime; networks are opened when they are first needed.
 *
 * threads  windows that the networks work on at once, each on a thread of its own; the runtime's choice by default
 */
export async function createCodec<M extends Model>(
  model: M,
  runtime: Runtime,
  { threads }: { threads?: number } = {},
): Promise<Codec<M>> {
  const engine = engineOf(model, runtime, threads);
  return {
    model,
    encode: (sound, options) => encodeSound(model, engine, sound, options),
    decode: (source, options = {}) => decodeSound(model, engine, source, options),
    codes: (samples) => codesOf(model, engine, samples),
    synthesize: (layers, length) => synthesizeWhole(model, engine, layers, length),
    latent: (samples) => latentOf(model, engine, samples),
    variant: async (which) =>
      createCodec(modelVariant(networksOf(model), which), runtime, threads === undefined ? {} : { threads }),
    blockChanges: async (layers) => soundBlockChanges(networksOf(model), runtime, threads, layers),
    close: () => engine.close(),
  };
}

function networksOf(model: Model): NetworkModel {
  if (model.kind === "networks") return model;
  throw new NacreError("model", {
    found: `${model.id}, a pair of ONNX files`,
    expected: "a model of networks, to look into its blocks and layers",
  });
}
