import type { SoundHeader } from "@nacre/bitstream";
import type { Runtime } from "@nacre/runtime";
import type { AudioStream } from "@nacre/signal";
import { decodeSound } from "./decode-stream.js";
import { encodeSound } from "./encode-stream.js";
import { engineOf } from "./engine.js";
import type { LayerCodes } from "./layer-codes.js";
import type { Model } from "./model.js";
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
    close: () => engine.close(),
  };
}
