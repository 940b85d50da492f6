import { readStream, soundHeader, trimLayers } from "@nacre/bitstream";
import {
  type Codec,
  type DecodeOptions as CodecDecodeOptions,
  createCodec,
  decodesPrefixes,
  type LayerCodes,
} from "@nacre/codec";
import { NacreError } from "@nacre/errors";
import {
  type AtlasLayer,
  type AtlasOptions,
  codebookAtlas,
  type InspectOptions,
  inspectLayers,
  type SoundReport,
} from "@nacre/inspect";
import { collect, resampleStream, streamOf } from "@nacre/media";
import { createRuntime } from "@nacre/runtime/node";
import type { Audio, AudioSource, AudioStream } from "@nacre/signal";
import { defaultModel, infoOf, type ModelInfo } from "./models.js";
import { readModelOf } from "./read-model-of.js";
import { subjectOf } from "./subject.js";
import { untilAborted } from "./until-aborted.js";

/** How a sound is encoded. */
export type EncodeOptions = {
  /** Content layers, 1 .. all; all by default. */
  layers?: number;
  /** Largest rate of the whole file in kbit/s, container and all channels included. */
  kbps?: number;
  /** Seconds of sound encoded so far. */
  onProgress?: (seconds: number) => void;
  /** Ends the sound where it is: the file is finished and holds what was read. */
  signal?: AbortSignal;
};

/** How a file is decoded. */
export type DecodeOptions = {
  /** Content layers to use, 1 .. those of the file; all by default. */
  layers?: number;
  /** Plays on over damage; lost parts are silent. */
  recover?: boolean;
  /** Seconds of sound decoded so far. */
  onProgress?: (seconds: number) => void;
  /** Ends the sound after the block at hand, without an error. */
  signal?: AbortSignal;
};

/** How layers are looked at. */
export type LayersOptions = {
  /** The sound that a file was made from; without it a file's quality is not measured. */
  original?: Audio;
  /** Names of measures, all that are cheap ("cheap", the default) or "all". */
  measures?: InspectOptions["measures"];
  /** Another sound or file of this model, to measure how the use of codes drifts. */
  against?: Audio | Uint8Array;
  /** Of what is drawn: sampled rows, flipped bits; 1 by default. */
  seed?: number;
  /** Flipped bits of each layer for its sensitivity; 8 by default. */
  draws?: number;
  /** Prefixes decoded, of how many; in a costly measure its parts, with its title. */
  progress?: (done: number, total: number, measure?: string) => void;
  /** Every prefix as it is decoded to be measured, to be heard or drawn without decoding again. */
  onDecoded?: (layers: number, sound: Audio) => void;
};

/** An open model of sounds. They may have any rate and number of channels; they come back with the same. */
export type Nacre = {
  readonly model: ModelInfo;
  /** throws NacreError "media" for sounds that cannot be coded, "option" for options out of range */
  encode(sound: AudioSource, options?: EncodeOptions): Promise<Uint8Array>;
  /** The same piece by piece, in bounded memory. */
  encodeStream(sound: AudioStream, options?: Omit<EncodeOptions, "kbps">): AsyncIterable<Uint8Array>;
  /** throws NacreError "bitstream", "version" or "model" for files that cannot be decoded */
  decode(file: Uint8Array, options?: DecodeOptions): Promise<Audio>;
  /** The same as bytes arrive; the header is read at once. */
  decodeStream(source: AsyncIterable<Uint8Array>, options?: DecodeOptions): Promise<AudioStream>;
  /** Codes [layer][channel] of a sound, or those in a file. */
  codes(source: AudioSource | Uint8Array): Promise<LayerCodes[][]>;
  /** What each layer costs and carries; quality is measured against the sound, or `original` for a file. */
  layers(source: Audio | Uint8Array, options?: LayersOptions): Promise<SoundReport>;
  /** The codes that each layer uses most, each decoded alone; see codebookAtlas. */
  atlas(
    source: Audio | Uint8Array,
    options?: AtlasOptions & { original?: Audio },
  ): Promise<AtlasLayer<Audio>[]>;
  /** Frees the networks. */
  close(): Promise<void>;
};

/**
 * Opens a model of sounds.
 *
 * model    name of an installed model, or its folder; the shipped speech model by default
 * threads  for windows that are worked on at once; the number of cores by default, 8 at most
 * throws   NacreError "model" when there is none, it is damaged or of pictures
 */
export async function open(
  model: string = defaultModel,
  { threads }: { threads?: number } = {},
): Promise<Nacre> {
  const { model: loaded, folder } = await readModelOf("audio", model);
  const codec = await createCodec(loaded, createRuntime(), threads === undefined ? {} : { threads });
  return nacreOf(codec, infoOf(loaded, folder));
}

type Edit = Pick<CodecDecodeOptions, "edit">;

function nacreOf(codec: Codec, model: ModelInfo): Nacre {
  const decodeBy = async (by: Codec, file: Uint8Array, options?: DecodeOptions & Edit) =>
    collect(await decodeStream(by, pieces(file), options));
  const decode = (file: Uint8Array, options?: DecodeOptions) => decodeBy(codec, file, options);
  const encode = (sound: AudioSource, options: EncodeOptions = {}) =>
    encodeWhole(codec, asStream(sound), options);
  const ways = {
    decodeBy,
    encodeBy: (by: Codec, sound: Audio, options: { layers: number }) =>
      encodeWhole(by, streamOf(sound), options),
  };
  const subjectFor = async (source: AudioSource | Uint8Array, original?: Audio) => {
    if (source instanceof Uint8Array) return subjectOf(codec, source, original, ways);
    return subjectOf(codec, await encode(source), "blocks" in source ? undefined : source, ways);
  };
  const codes = async (source: AudioSource | Uint8Array) => (await subjectFor(source)).layers;
  return {
    model,
    encode,
    encodeStream: (sound, options = {}) => encodeStream(codec, sound, options),
    decode,
    decodeStream: (source, options) => decodeStream(codec, source, options),
    codes,
    async atlas(source, { original, ...options } = {}) {
      return codebookAtlas(await subjectFor(source, original), options);
    },
    async layers(source, { original, against, onDecoded, ...options } = {}) {
      const subject = await subjectFor(source, original);
      const others = against === undefined ? undefined : await codes(against);
      const heard = async (layers: number) => {
        const sound = await subject.decode(layers);
        onDecoded?.(layers, sound);
        return sound;
      };
      return inspectLayers({ ...subject, decode: heard, ...(others && { against: others }) }, options);
    },
    close: () => codec.close(),
  };
}

async function encodeWhole(codec: Codec, sound: AudioStream, options: EncodeOptions): Promise<Uint8Array> {
  const { kbps, ...rest } = options;
  const parts: Uint8Array[] = [];
  for await (const part of encodeStream(codec, sound, rest)) parts.push(part);
  const file = Buffer.concat(parts);
  return new Uint8Array(kbps === undefined ? file : fitRate(codec, file, kbps));
}

// Cutting layers needs no second encoding: a prefix is what encoding with fewer layers would have made.
function fitRate({ model }: Codec, file: Uint8Array, kbps: number): Uint8Array {
  const { header: read, length } = readStream(file);
  const header = soundHeader(read);
  const rate = (bytes: number) => (bytes * 8 * header.sampleRate) / length / 1000;
  const least = decodesPrefixes(model) ? 1 : header.layers.length;
  for (let layers = header.layers.length; layers >= least; layers--) {
    const cut = trimLayers(file, layers);
    if (rate(cut.length) <= kbps) return cut;
  }
  throw new NacreError("option", {
    found: `--kbps ${kbps}`,
    expected: `at least ${rate(trimLayers(file, least).length).toFixed(2)}, what ${least === 1 ? "one layer" : "the layers"} of this sound ${least === 1 ? "takes" : "take"}`,
  });
}

async function* encodeStream(
  codec: Codec,
  sound: AudioStream,
  { layers, onProgress, signal }: EncodeOptions,
) {
  const { sampleRate: coded, hop } = codec.model;
  let read = 0;
  const counted: AudioStream = {
    ...sound,
    blocks: {
      async *[Symbol.asyncIterator]() {
        for await (const block of untilAborted(sound.blocks, signal)) {
          read += block[0]?.length ?? 0;
          yield block;
        }
      },
    },
  };
  yield* codec.encode(resampleStream(counted, coded), {
    sampleRate: sound.sampleRate,
    finalLength: () => read,
    ...(sound.length === undefined ? {} : { length: sound.length }),
    ...(layers === undefined ? {} : { layers }),
    ...(onProgress ? { onProgress: (frames: number) => onProgress((frames * hop) / coded) } : {}),
  });
}

async function decodeStream(
  codec: Codec,
  source: AsyncIterable<Uint8Array>,
  { layers, recover, edit, onProgress, signal }: DecodeOptions & Edit = {},
): Promise<AudioStream> {
  const { sampleRate: coded, hop } = codec.model;
  const decoded = await codec.decode(source, {
    ...(layers === undefined ? {} : { layers }),
    ...(recover === undefined ? {} : { recover }),
    ...(edit ? { edit } : {}),
    ...(onProgress ? { onProgress: (frames: number) => onProgress((frames * hop) / coded) } : {}),
  });
  const { sampleRate, length } = decoded.header;
  const stream = resampleStream(decoded, sampleRate);
  return {
    ...stream,
    ...(length === undefined ? {} : { length }),
    blocks: untilAborted(
      exactly(stream, async () => (await decoded.end()).length),
      signal,
    ),
  };
}

// Resampling there and back may give a sample too many; the footer's length is exact.
async function* exactly(
  { blocks, channelCount }: AudioStream,
  lengthAtEnd: () => Promise<number | undefined>,
) {
  let held: Float32Array[] | undefined;
  let given = 0;
  for await (const block of blocks) {
    if (held) {
      given += held[0]!.length;
      yield held;
    }
    held = block.map((samples) => samples.slice());
  }
  const length = await lengthAtEnd();
  const rest = (length ?? given + (held?.[0]?.length ?? 0)) - given;
  if (rest <= 0) return;
  yield (held ?? Array.from({ length: channelCount }, () => new Float32Array(0))).map((samples) => {
    const fitted = new Float32Array(rest);
    fitted.set(samples.subarray(0, rest));
    return fitted;
  });
}

function asStream(sound: AudioSource): AudioStream {
  return "blocks" in sound ? sound : streamOf(sound);
}

async function* pieces(file: Uint8Array) {
  yield file;
}
