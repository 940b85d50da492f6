import { NacreError } from "@nacre/errors";
import type { Audio, AudioStream } from "@nacre/signal";
import { asStream, assertBlock, lengthOf } from "./stream.js";

/** How samples are stored in a WAV file that is written: integers of that many bits, or 32-bit floats. */
export type BitDepth = 16 | 24 | 32 | "float32";

/** bitDepth: 16 by default; integers clip outside -1 .. 1, floats do not. */
export type WavOptions = { bitDepth?: BitDepth };

/**
 * What a WAV header says.
 *
 * frames  samples per channel; undefined when not known yet
 * spare   leaves room to become RF64 later (36 bytes that say nothing)
 */
export type WavHead = {
  sampleRate: number;
  channelCount: number;
  bitDepth: BitDepth;
  frames?: number | undefined;
  spare?: boolean;
};

const unknownSize = 0xffffffff;
const ds64Bytes = 36;
const framesAtOnce = 16_384;

/** Bytes of one sample. */
export function sampleBytes(bitDepth: BitDepth): number {
  return bitDepth === "float32" ? 4 : bitDepth / 8;
}

/** Bytes of all samples, without the pad byte. */
export function soundBytes({ channelCount, bitDepth }: WavHead, frames: number): number {
  return frames * channelCount * sampleBytes(bitDepth);
}

/** True when sizes do not fit 32 bits and the file has to be RF64 (EBU Tech 3306). */
export function needsLong(head: WavHead, frames: number): boolean {
  return soundBytes(head, frames) + 128 > unknownSize;
}

/** A sound as the bytes of a WAV file in memory; throws NacreError "media" at a sample that is no number. */
export function wavBytes(audio: Audio, { bitDepth = 16 }: WavOptions = {}): Uint8Array {
  const frames = lengthOf(audio);
  const head = { sampleRate: audio.sampleRate, channelCount: audio.channels.length, bitDepth, frames };
  const header = wavHeader(head);
  const sound = soundBytes(head, frames);
  const bytes = new Uint8Array(header.length + sound + (sound % 2));
  bytes.set(header);
  bytes.set(encodeFrames(audio.channels, bitDepth, 0), header.length);
  return bytes;
}

/**
 * A stream as the bytes of a WAV file, for a pipe.
 *
 * An unknown length is written as the size 0xFFFFFFFF, which readers take for "until the end".
 * Throws NacreError "media" at a sample that is no number.
 */
export async function* wavStream(
  stream: AudioStream,
  { bitDepth = 16 }: WavOptions = {},
): AsyncGenerator<Uint8Array> {
  const head = {
    sampleRate: stream.sampleRate,
    channelCount: stream.channelCount,
    bitDepth,
    frames: stream.length,
  };
  yield wavHeader(head);
  const written = { frames: 0 };
  yield* encodedBlocks(stream, bitDepth, written);
  if (soundBytes(head, written.frames) % 2 === 1) yield new Uint8Array(1);
}

/** The samples of a stream as bytes, in pieces of bounded size; counts what has been handed out. */
export async function* encodedBlocks(
  stream: AudioStream,
  bitDepth: BitDepth,
  written: { frames: number },
): AsyncGenerator<Uint8Array> {
  for await (const block of asStream(stream).blocks) {
    assertBlock(block, stream.channelCount);
    const length = block[0]?.length ?? 0;
    for (let at = 0; at < length; at += framesAtOnce) {
      const part = block.map((samples) => samples.subarray(at, at + framesAtOnce));
      yield encodeFrames(part, bitDepth, written.frames);
      written.frames += part[0]!.length;
    }
  }
}

/** Everything before the samples: 44 bytes for short integer files, more for floats, spare room, RF64. */
export function wavHeader(head: WavHead): Uint8Array {
  checkHead(head);
  const { frames, spare = false } = head;
  const long = frames !== undefined && needsLong(head, frames);
  const float = head.bitDepth === "float32";
  const format = formatChunk(head);
  const fact = float
    ? chunk("fact", [long || frames === undefined ? unknownSize : frames])
    : new Uint8Array(0);
  const bytes = new Uint8Array(12 + (long || spare ? ds64Bytes : 0) + format.length + fact.length + 8);
  const sound = frames === undefined ? undefined : soundBytes(head, frames);
  const whole = sound === undefined ? undefined : bytes.length - 8 + sound + (sound % 2);
  const view = new DataView(bytes.buffer);
  text(bytes, 0, long ? "RF64" : "RIFF");
  view.setUint32(4, long ? unknownSize : (whole ?? unknownSize), true);
  text(bytes, 8, "WAVE");
  if (long) bytes.set(ds64Chunk(whole!, sound!, frames), 12);
  else if (spare) bytes.set(chunk("JUNK", [0, 0, 0, 0, 0, 0, 0]), 12);
  bytes.set(format, bytes.length - 8 - fact.length - format.length);
  bytes.set(fact, bytes.length - 8 - fact.length);
  text(bytes, bytes.length - 8, "data");
  view.setUint32(bytes.length - 4, long ? unknownSize : (sound ?? unknownSize), true);
  return bytes;
}

function checkHead({ sampleRate, channelCount }: WavHead): void {
  const rateFits = Number.isInteger(sampleRate) && sampleRate >= 1 && sampleRate <= unknownSize;
  if (rateFits && channelCount >= 1 && channelCount <= 65_535) return;
  throw new NacreError("shape", {
    found: `a sound of ${channelCount} channels at ${sampleRate} Hz`,
    expected: "1 to 65535 channels and a whole rate of at least 1 Hz, as WAV files have",
  });
}

function formatChunk({ sampleRate, channelCount, bitDepth }: WavHead): Uint8Array {
  const width = sampleBytes(bitDepth);
  const float = bitDepth === "float32";
  // Formats other than integer PCM carry the size of an extension, here none.
  const bytes = new Uint8Array(8 + (float ? 18 : 16));
  const view = new DataView(bytes.buffer);
  text(bytes, 0, "fmt ");
  view.setUint32(4, bytes.length - 8, true);
  view.setUint16(8, float ? 3 : 1, true);
  view.setUint16(10, channelCount, true);
  view.setUint32(12, sampleRate, true);
  view.setUint32(16, (sampleRate * channelCount * width) % 2 ** 32, true);
  view.setUint16(20, channelCount * width, true);
  view.setUint16(22, 8 * width, true);
  return bytes;
}

function ds64Chunk(whole: number, sound: number, frames: number): Uint8Array {
  const halves = [whole, sound, frames].flatMap((size) => [size % 2 ** 32, Math.floor(size / 2 ** 32)]);
  return chunk("ds64", [...halves, 0]);
}

function chunk(id: string, words: number[]): Uint8Array {
  const bytes = new Uint8Array(8 + 4 * words.length);
  const view = new DataView(bytes.buffer);
  text(bytes, 0, id);
  view.setUint32(4, 4 * words.length, true);
  for (const [index, word] of words.entries()) view.setUint32(8 + 4 * index, word, true);
  return bytes;
}

function text(bytes: Uint8Array, at: number, letters: string): void {
  for (let index = 0; index < letters.length; index++) bytes[at + index] = letters.charCodeAt(index);
}

type Store = (view: DataView, at: number, sample: number) => void;

// The same power of two as the reader, so that what was read from integers is written back unchanged.
const stores: Record<BitDepth, Store> = {
  16: (view, at, sample) => view.setInt16(at, clip(sample, 2 ** 15), true),
  24: (view, at, sample) => {
    const value = clip(sample, 2 ** 23);
    view.setUint16(at, value & 0xffff, true);
    view.setInt8(at + 2, value >> 16);
  },
  32: (view, at, sample) => view.setInt32(at, clip(sample, 2 ** 31), true),
  float32: (view, at, sample) => view.setFloat32(at, sample, true),
};

function clip(sample: number, scale: number): number {
  return Math.max(-scale, Math.min(scale - 1, Math.round(sample * scale)));
}

function encodeFrames(channels: Float32Array[], bitDepth: BitDepth, first: number): Uint8Array {
  const width = sampleBytes(bitDepth);
  const step = width * channels.length;
  const bytes = new Uint8Array(step * (channels[0]?.length ?? 0));
  const view = new DataView(bytes.buffer);
  const store = stores[bitDepth];
  for (const [channel, samples] of channels.entries()) {
    for (let index = 0; index < samples.length; index++) {
      const sample = samples[index]!;
      if (!Number.isFinite(sample)) throw notANumber(first + index, channel, sample);
      store(view, index * step + channel * width, sample);
    }
  }
  return bytes;
}

function notANumber(at: number, channel: number, sample: number): NacreError {
  return new NacreError("media", {
    found: `sample ${at} of channel ${channel + 1} is ${sample} and cannot be written`,
    expected: "a finite number",
  });
}
