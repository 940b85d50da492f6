import {
  type Chunk,
  createStreamWriter,
  FORMAT_VERSION,
  parseStream,
  prefixLayers,
  type StreamHeader,
} from "@nacre/bitstream";
import { decodeSymbols, encodeSymbols } from "@nacre/entropy";
import { NacreError } from "@nacre/errors";
import { cast, constant, input, onnxModel, reshape } from "@nacre/graph";
import { dequantizeGraph, residualVectorInference } from "@nacre/quantizer";
import type { Runtime, Session } from "@nacre/runtime";
import type { AudioStream } from "@nacre/signal";
import type { LayerCodes } from "./layer-codes.js";
import { bakedParameters, hex, type Model } from "./model.js";
import { windowsOf } from "./windows.js";

/** How a stream is written. */
export type EncodeOptions = {
  /** Content layers, 1 .. all; all by default. */
  layers?: number;
  /** Rate of the sound before it was brought to the model's; written into the file. */
  sampleRate: number;
  /** Samples per channel at that rate, where it is known. */
  length?: number;
  /** Samples per channel at that rate once the blocks have ended. */
  finalLength: () => number;
  onProgress?: (frames: number) => void;
};

/** How a stream is read. */
export type DecodeOptions = {
  /** Content layers to use, 1 .. those of the file; all by default. */
  layers?: number;
  /** Plays on over damage instead of throwing: lost frames become silence. */
  recover?: boolean;
  onProgress?: (frames: number) => void;
};

/** A sound at the model's rate, and what its file says of the original. */
export type DecodedStream = AudioStream & {
  header: StreamHeader;
  end(): Promise<{ length: number | undefined }>;
};

/** A model joined to a runtime. Close it to free the networks. */
export type Codec = {
  readonly model: Model;
  /** Sound at the model's rate to the bytes of a .nacre file, piece by piece. */
  encode(sound: AudioStream, options: EncodeOptions): AsyncGenerator<Uint8Array, void, undefined>;
  /** Bytes of a .nacre file to sound at the model's rate, chunk by chunk. */
  decode(source: AsyncIterable<Uint8Array>, options?: DecodeOptions): Promise<DecodedStream>;
  /** Codes of one channel at the model's rate, [layer]. */
  codes(samples: Float32Array): Promise<LayerCodes[]>;
  /** The sound of one channel's codes, [layer][frame]; the given layers are all used. */
  synthesize(layers: readonly Int32Array[], length: number): Promise<Float32Array>;
  /** Latent frames of one channel [frames * dimension], as the encoder gives them. */
  latent(samples: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
};

/** Opens a model on a runtime. */
export async function createCodec(
  model: Model,
  runtime: Runtime,
  { threads }: { threads?: number } = {},
): Promise<Codec> {
  const engine = createEngine(model, runtime, threads);
  return {
    model,
    encode: (sound, options) => encodeSound(model, engine, sound, options),
    decode: (source, options = {}) => decodeSound(model, engine, source, options),
    codes: (samples) => codesOf(model, engine, samples),
    synthesize: (layers, length) => synthesize(model, engine, layers, length),
    latent: (samples) => latentOf(model, engine, samples),
    close: () => engine.close(),
  };
}

/** Frames that n samples at the model's rate are coded in: the last windows reach beyond the end. */
export function frameCount(model: Model, samples: number): number {
  return Math.ceil(samples / model.hop) + tailFrames;
}

// Two more frames, so that the decoder's overlapping windows cover the last samples too.
const tailFrames = 2;

type Engine = {
  /** Codes [frames of a chunk, layers] and latent of samples with past context in front. */
  analyze(samples: Float32Array): Promise<{ codes: Int32Array; latent: Float32Array }>;
  /** Samples of a chunk out of codes [context + frames + context, layers used]. */
  synthesize(codes: Int32Array, layers: number): Promise<Float32Array>;
  close(): Promise<void>;
};

type Geometry = { chunk: number; encoderPast: number; decoderPast: number; decoderFuture: number };

function geometryOf({ config, encoder, decoder }: Model): Geometry {
  return {
    chunk: config.framesPerChunk,
    encoderPast: encoder.network.describe(encoder.config).receptiveField.past,
    decoderPast: decoder.network.describe(decoder.config).receptiveField.past,
    decoderFuture: decoder.network.describe(decoder.config).receptiveField.future,
  };
}

function createEngine(model: Model, runtime: Runtime, threads?: number): Engine {
  const { chunk, encoderPast, decoderPast, decoderFuture } = geometryOf(model);
  const { layers, dimension } = model.config.quantizer;
  const options = threads === undefined ? {} : { threads };
  const sessions = new Map<string, Promise<Session>>();
  const sessionOf = (name: string, build: () => Uint8Array): Promise<Session> => {
    const open = sessions.get(name) ?? runtime.open(build(), options);
    sessions.set(name, open);
    return open;
  };
  return {
    async analyze(samples) {
      const session = await sessionOf("encoder", () => encoderModel(model, encoderPast + chunk));
      const feed = { type: "float32" as const, shape: [1, samples.length], data: samples };
      const { codes, latent } = await session.run({ samples: feed });
      return {
        codes: Int32Array.from((codes!.data as Int32Array).subarray(encoderPast * layers)),
        latent: (latent!.data as Float32Array).slice(encoderPast * dimension),
      };
    },
    async synthesize(codes, used) {
      const frames = decoderPast + chunk + decoderFuture;
      const session = await sessionOf(`decoder${used}`, () => decoderModel(model, frames, used));
      const { samples } = await session.run({ codes: { type: "int32", shape: [frames, used], data: codes } });
      const start = decoderPast * model.hop;
      return (samples!.data as Float32Array).slice(start, start + chunk * model.hop);
    },
    async close() {
      for (const session of sessions.values()) await (await session).close();
    },
  };
}

function encoderModel(model: Model, frames: number): Uint8Array {
  const { network, config } = model.encoder;
  const { layers, entries, dimension } = model.config.quantizer;
  const samples = input("samples", "float32", [1, frames * model.hop]);
  const latent = network.forward(
    config,
    bakedParameters(network.parameters(config), model.parameters),
    samples,
  );
  const rows = reshape(latent, [frames, dimension]);
  const { codes } = residualVectorInference(rows, constant(model.codebooks, [layers, entries, dimension]));
  return onnxModel({
    name: "encoder",
    inputs: [samples],
    outputs: { codes: cast(codes, "int32"), latent: rows },
  });
}

function decoderModel(model: Model, frames: number, used: number): Uint8Array {
  const { network, config } = model.decoder;
  const { layers, entries, dimension } = model.config.quantizer;
  const codes = input("codes", "int32", [frames, used]);
  const quantized = dequantizeGraph(codes, constant(model.codebooks, [layers, entries, dimension]), used);
  const parameters = bakedParameters(network.parameters(config), model.parameters);
  const samples = network.forward(config, parameters, reshape(quantized, [1, frames, dimension]));
  return onnxModel({ name: "decoder", inputs: [codes], outputs: { samples } });
}

async function* encodeSound(model: Model, engine: Engine, sound: AudioStream, options: EncodeOptions) {
  checkRate(model, sound.sampleRate);
  const used = layerCount(options.layers, model.config.quantizer.layers);
  const writer = createStreamWriter(headerOf(model, sound, options, used));
  yield writer.start();
  const { chunk, encoderPast } = geometryOf(model);
  let frames = 0;
  for await (const window of windowsOf(sound, {
    hop: model.hop,
    chunk,
    past: encoderPast,
    tail: tailFrames,
  })) {
    const sections: Uint8Array[][] = Array.from({ length: used }, () => []);
    for (const samples of window.channels) {
      const { codes } = await engine.analyze(samples);
      const perLayer = columns(codes, model.config.quantizer.layers, window.frames);
      for (let layer = 0; layer < used; layer++) {
        sections[layer]!.push(encodeSymbols(perLayer[layer]!, model.tables[layer]!));
      }
    }
    yield writer.chunk({ frames: window.frames, sections });
    frames += window.frames;
    options.onProgress?.(frames);
  }
  const length = options.finalLength();
  if (length === 0) throw noSamples();
  yield writer.finish(length);
}

async function decodeSound(
  model: Model,
  engine: Engine,
  source: AsyncIterable<Uint8Array>,
  options: DecodeOptions,
): Promise<DecodedStream> {
  const stream = await parseStream(source, { recover: options.recover === true });
  checkHeader(model, stream.header);
  const used = layerCount(options.layers, stream.header.layers.length);
  prefixLayers(stream.header.layers, used);
  return {
    header: stream.header,
    sampleRate: model.sampleRate,
    channelCount: stream.header.channels,
    blocks: decodeChunks(model, engine, stream, used, options),
    end: () => stream.end(),
  };
}

async function* decodeChunks(
  model: Model,
  engine: Engine,
  stream: Awaited<ReturnType<typeof parseStream>>,
  used: number,
  { onProgress }: DecodeOptions,
) {
  const { decoderPast, decoderFuture, chunk } = geometryOf(model);
  const { channels, sampleRate } = stream.header;
  const join = codeJoiner(model, used, channels, { past: decoderPast, future: decoderFuture, chunk });
  let pending: Float32Array[] | undefined;
  let given = 0;
  let done = 0;
  const tail = tailFrames * model.hop;
  // The last samples wait for the footer, which says where the sound ends.
  async function* emit(windows: { codes: Int32Array; frames: number }[][]) {
    for (const window of windows) {
      const block: Float32Array[] = [];
      for (const { codes, frames } of window) {
        block.push((await engine.synthesize(codes, used)).subarray(0, frames * model.hop));
      }
      done += window[0]!.frames;
      onProgress?.(done);
      const whole = pending ? block.map((samples, i) => joined(pending![i]!, samples)) : block;
      const keep = Math.max(0, whole[0]!.length - tail - model.hop);
      pending = whole.map((samples) => samples.slice(keep));
      given += keep;
      if (keep > 0) yield whole.map((samples) => samples.slice(0, keep));
    }
  }
  for await (const each of stream.chunks) yield* emit(join.add(chunkCodes(model, each, used, channels)));
  yield* emit(join.finish());
  const { length } = await stream.end();
  const available = given + (pending?.[0]?.length ?? 0);
  const wanted = length === undefined ? available : Math.ceil((length * model.sampleRate) / sampleRate);
  if (wanted > available && length !== undefined && wanted - available > chunk * model.hop)
    throw tooShort(available, wanted);
  const rest = Math.max(0, wanted - given);
  if (rest > 0) yield (pending ?? []).map((samples) => fitted(samples, rest));
}

// Codes of a chunk per channel and layer; a damaged or lost chunk gives silence for what is missing.
function chunkCodes(
  model: Model,
  { frames, sections }: Chunk,
  used: number,
  channels: number,
): Int32Array[][] {
  return Array.from({ length: channels }, (_, channel) => {
    if (sections.length === 0)
      return Array.from({ length: used }, (_, layer) => silent(model, layer, frames));
    return Array.from({ length: used }, (_, layer) => {
      const section = sections[layer]?.[channel];
      return section ? decodeSymbols(section, frames, model.tables[layer]!) : silent(model, layer, frames);
    });
  });
}

function silent(model: Model, layer: number, frames: number): Int32Array {
  return new Int32Array(frames).fill(model.config.silence[layer]!);
}

type Codes = { codes: Int32Array; frames: number };

/** Joins chunks to windows with context on both sides; silence stands beyond the ends. */
function codeJoiner(
  model: Model,
  used: number,
  channels: number,
  { past, future, chunk }: { past: number; future: number; chunk: number },
) {
  const silence = Int32Array.from({ length: used }, (_, layer) => model.config.silence[layer]!);
  const quiet = (frames: number) => {
    const rows = new Int32Array(frames * used);
    for (let frame = 0; frame < frames; frame++) rows.set(silence, frame * used);
    return rows;
  };
  let rows: Int32Array[] = Array.from({ length: channels }, () => quiet(past));
  const take = (frames: number): Codes[] => {
    const size = (past + chunk + future) * used;
    const window = rows.map((codes) => ({ codes: codes.slice(0, size), frames }));
    rows = rows.map((codes) => codes.slice(chunk * used));
    return window;
  };
  const held = () => rows[0]!.length / used - past;
  return {
    add(chunkOf: Int32Array[][]): Codes[][] {
      rows = rows.map((codes, channel) => joinedCodes(codes, interleave(chunkOf[channel]!)));
      const windows: Codes[][] = [];
      while (held() >= chunk + future) windows.push(take(chunk));
      return windows;
    },
    finish(): Codes[][] {
      const windows: Codes[][] = [];
      for (let left = held(); left > 0; left -= chunk) {
        rows = rows.map((codes) => joinedCodes(codes, quiet(Math.max(0, chunk + future - held()))));
        windows.push(take(Math.min(chunk, left)));
      }
      return windows;
    },
  };
}

async function codesOf(model: Model, engine: Engine, samples: Float32Array): Promise<LayerCodes[]> {
  const { layers, entries } = model.config.quantizer;
  const frames = frameCount(model, samples.length);
  const data = Array.from({ length: layers }, () => new Int32Array(frames));
  let at = 0;
  await eachWindow(model, samples, async (window, count) => {
    const { codes } = await engine.analyze(window);
    columns(codes, layers, count).forEach((column, layer) => {
      data[layer]!.set(column, at);
    });
    at += count;
  });
  return data.map((each) => ({
    role: "content",
    grid: [frames],
    stride: [1],
    alphabet: entries,
    data: each,
  }));
}

async function latentOf(model: Model, engine: Engine, samples: Float32Array): Promise<Float32Array> {
  const { dimension } = model.config.quantizer;
  const result = new Float32Array(frameCount(model, samples.length) * dimension);
  let at = 0;
  await eachWindow(model, samples, async (window, count) => {
    const { latent } = await engine.analyze(window);
    result.set(latent.subarray(0, count * dimension), at);
    at += count * dimension;
  });
  return result;
}

async function eachWindow(
  model: Model,
  samples: Float32Array,
  use: (window: Float32Array, frames: number) => Promise<void>,
) {
  const { chunk, encoderPast } = geometryOf(model);
  const sound = { sampleRate: model.sampleRate, channelCount: 1, blocks: once([samples]) };
  for await (const window of windowsOf(sound, {
    hop: model.hop,
    chunk,
    past: encoderPast,
    tail: tailFrames,
  })) {
    await use(window.channels[0]!, window.frames);
  }
}

async function synthesize(
  model: Model,
  engine: Engine,
  layers: readonly Int32Array[],
  length: number,
): Promise<Float32Array> {
  const { decoderPast, decoderFuture, chunk } = geometryOf(model);
  const join = codeJoiner(model, layers.length, 1, { past: decoderPast, future: decoderFuture, chunk });
  const result = new Float32Array(length);
  let at = 0;
  for (const [window] of [...join.add([[...layers]]), ...join.finish()]) {
    const samples = await engine.synthesize(window!.codes, layers.length);
    const part = samples.subarray(0, Math.min(window!.frames * model.hop, length - at));
    result.set(part, at);
    at += part.length;
  }
  return result;
}

async function* once(block: Float32Array[]) {
  if (block[0]!.length > 0) yield block;
}

// [frames, layers] as the graph gives it, to one array per layer.
function columns(codes: Int32Array, layers: number, frames: number): Int32Array[] {
  return Array.from({ length: layers }, (_, layer) =>
    Int32Array.from({ length: frames }, (_, frame) => codes[frame * layers + layer]!),
  );
}

function interleave(layers: readonly Int32Array[]): Int32Array {
  const rows = new Int32Array(layers.length * layers[0]!.length);
  layers.forEach((codes, layer) => {
    codes.forEach((code, frame) => {
      rows[frame * layers.length + layer] = code;
    });
  });
  return rows;
}

function joinedCodes(a: Int32Array, b: Int32Array): Int32Array {
  const both = new Int32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function fitted(samples: Float32Array, length: number): Float32Array {
  const result = new Float32Array(length);
  result.set(samples.subarray(0, length));
  return result;
}

function headerOf(
  model: Model,
  sound: AudioStream,
  { sampleRate, length }: EncodeOptions,
  used: number,
): StreamHeader {
  const { entries } = model.config.quantizer;
  return {
    version: FORMAT_VERSION,
    media: "audio",
    model: model.id,
    decodeHash: model.decodeHash,
    sampleRate,
    channels: sound.channelCount,
    codedSampleRate: model.sampleRate,
    length,
    framesPerChunk: model.config.framesPerChunk,
    layers: Array.from({ length: used }, () => ({ role: "content" as const, alphabet: entries, stride: 1 })),
  };
}

function checkRate(model: Model, sampleRate: number): void {
  if (sampleRate === model.sampleRate) return;
  throw new NacreError("option", {
    found: `sound at ${sampleRate} Hz`,
    expected: `${model.sampleRate} Hz, the rate of ${model.id}`,
    mend: "resample it first (@nacre/nacre does)",
  });
}

function checkHeader(model: Model, header: StreamHeader): void {
  if (header.media !== "audio")
    throw new NacreError("bitstream", { found: `a file of ${header.media}`, expected: "sound" });
  if (header.model !== model.id) {
    throw new NacreError("model", {
      found: `a file made with ${header.model}`,
      expected: model.id,
      mend: `open ${header.model}`,
    });
  }
  const { entries, layers } = model.config.quantizer;
  const fits =
    hex(header.decodeHash) === hex(model.decodeHash) &&
    header.codedSampleRate === model.sampleRate &&
    header.framesPerChunk === model.config.framesPerChunk &&
    header.layers.length <= layers &&
    header.layers.every(
      (layer) => layer.role === "content" && layer.alphabet === entries && layer.stride === 1,
    );
  if (fits) return;
  throw new NacreError("model", {
    found: `a file made with another ${header.model}, decode hash ${hex(header.decodeHash)}`,
    expected: `decode hash ${hex(model.decodeHash)}`,
    mend: "get the model that the file was made with",
  });
}

function layerCount(wanted: number | undefined, available: number): number {
  if (wanted === undefined) return available;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= available) return wanted;
  throw new NacreError("option", { found: `${wanted} layers`, expected: `1 to ${available}` });
}

function noSamples(): NacreError {
  return new NacreError("media", { found: "a sound without samples", expected: "at least one" });
}

function tooShort(found: number, wanted: number): NacreError {
  return new NacreError("bitstream", {
    found: `codes for ${found} samples`,
    expected: `${wanted}, the length that the footer names`,
    mend: "get the file again, or decode with recover",
  });
}
