import { type Chunk, type ParsedStream, parseStream, type SoundHeader } from "@nacre/bitstream";
import { isNacreError, NacreError } from "@nacre/errors";
import { type CodeWindow, codeJoiner } from "./code-joiner.js";
import type { DecodedStream, DecodeOptions } from "./codec.js";
import { type Engine, geometryOf } from "./engine.js";
import { checkHeader, checkPrefix, layerCount } from "./file-header.js";
import { inFlight } from "./in-flight.js";
import { codesPerFrame, decodeLayer, strideOf } from "./layer-symbols.js";
import type { Model } from "./model.js";
import { tailFrames } from "./sides.js";
import { frameCount } from "./whole-sound.js";

type Source = ParsedStream<number | undefined> & { header: SoundHeader };

/** Bytes of a file to sound at the model's rate; see Codec.decode. */
export async function decodeSound(
  model: Model,
  engine: Engine,
  source: AsyncIterable<Uint8Array>,
  options: DecodeOptions,
): Promise<DecodedStream> {
  const recover = options.recover === true;
  const stream = await parseStream(source, { recover });
  const header = checkHeader(model, stream.header);
  const used = layerCount(options.layers, header.layers.length);
  checkPrefix(model, used);
  const decoded = { frames: 0 };
  return {
    header,
    sampleRate: model.sampleRate,
    channelCount: header.channels,
    blocks: decodeChunks(model, engine, { ...stream, header }, used, options, decoded),
    async end() {
      const { length } = await stream.end();
      return { length: fits(model, header, decoded.frames, length) ? length : undefined };
    },
  };
}

async function* decodeChunks(
  model: Model,
  engine: Engine,
  stream: Source,
  used: number,
  { recover = false, edit, onProgress }: DecodeOptions,
  decoded: { frames: number },
): AsyncGenerator<Float32Array[], void, undefined> {
  const { header } = stream;
  const join = codeJoiner(model, used, header.channels, geometryOf(model));
  async function* windows(): AsyncGenerator<CodeWindow[], void, undefined> {
    let first = 0;
    for await (const chunk of stream.chunks) {
      const codes = codesOfChunk(model, chunk, used, header.channels, recover);
      edit?.(codes, first);
      first += chunk.frames;
      yield* join.add(codes);
    }
    yield* join.finish();
  }
  const synthesized = inFlight(
    windows(),
    () => engine.windowsAhead("decoder", header.channels),
    async (window) => ({
      frames: window[0]!.frames,
      block: await synthesizeChannels(model, engine, window, used),
    }),
  );
  let pending = Array.from({ length: header.channels }, () => new Float32Array(0));
  let given = 0;
  // Where the sound ends inside its last frames is known from the footer alone.
  const heldBack = (tailFrames(model) + model.framesTogether) * model.hop;
  for await (const { frames, block } of synthesized) {
    decoded.frames += frames;
    onProgress?.(decoded.frames);
    const whole = block.map((samples, channel) => joined(pending[channel]!, samples));
    const ready = Math.max(0, whole[0]!.length - heldBack);
    pending = whole.map((samples) => samples.slice(ready));
    given += ready;
    if (ready > 0) yield whole.map((samples) => samples.slice(0, ready));
  }
  const { length } = await stream.end();
  const whole = fits(model, header, decoded.frames, length);
  if (!whole && !recover) throw wrongLength(decoded.frames, length);
  const available = given + pending[0]!.length;
  const rest = (whole ? codedLength(header, length!) : available) - given;
  if (rest > 0) yield pending.map((samples) => samples.slice(0, rest));
}

function synthesizeChannels(model: Model, engine: Engine, window: CodeWindow[], used: number) {
  return Promise.all(
    window.map(async (each) => (await engine.synthesize(each, used)).subarray(0, each.frames * model.hop)),
  );
}

/** Samples at the model's rate out of `length` at the file's. */
function codedLength({ sampleRate, codedSampleRate }: SoundHeader, length: number): number {
  return Math.ceil((length * codedSampleRate) / sampleRate);
}

/** Whether so many frames are those of a sound of that length; resampling may have made a sample less. */
function fits(model: Model, header: SoundHeader, frames: number, length: number | undefined): boolean {
  if (length === undefined || length === 0) return false;
  const expected = frameCount(model, codedLength(header, length));
  return frames === expected || frames === expected - model.framesTogether;
}

/**
 * Codes of a chunk, [channel][layer]. Where layers are damaged those below them are used alone, as if the
 * file had been trimmed there; a chunk without any is silence.
 */
function codesOfChunk(
  model: Model,
  { frames, sections }: Chunk,
  used: number,
  channels: number,
  recover: boolean,
): Int32Array[][] {
  return Array.from({ length: channels }, (_, channel) => {
    const layers: Int32Array[] = [];
    for (const section of sections.slice(0, used)) {
      const codes = layerOrNone(() => decodeLayer(model, layers.length, section[channel]!, frames), recover);
      if (!codes) break;
      layers.push(codes);
    }
    const filling = layers.length === 0 ? model.config.silence : model.quantizer.alphabets.flat();
    while (layers.length < used) layers.push(filledLayer(model, filling, layers.length, frames));
    return layers;
  });
}

// A short check agrees with damaged bytes once in 256 times; the coder then mostly finds out.
function layerOrNone(decode: () => Int32Array, recover: boolean): Int32Array | undefined {
  try {
    return decode();
  } catch (error) {
    if (recover && isNacreError(error)) return undefined;
    throw error;
  }
}

function filledLayer(model: Model, row: readonly number[], layer: number, frames: number): Int32Array {
  const places = codesPerFrame(model);
  const length = (frames / strideOf(model, layer)) * places;
  return Int32Array.from({ length }, (_, at) => row[layer * places + (at % places)]!);
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function wrongLength(frames: number, length: number | undefined): NacreError {
  return new NacreError("bitstream", {
    found: `${frames} frames of codes`,
    expected: `those of ${length} samples, the length that the footer names`,
    mend: "get the file again, or decode with recover",
  });
}
