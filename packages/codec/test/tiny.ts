/** The tiny model, sounds for it, and short ways through the codec. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isNacreError } from "@nacre/errors";
import { readAudio, resample } from "@nacre/media";
import { createRuntime } from "@nacre/runtime/node";
import type { AudioStream } from "@nacre/signal";
import {
  type Codec,
  createCodec,
  type DecodeOptions,
  type ModelFiles,
  type NetworkModel,
} from "../src/index.js";
import { readModel } from "../src/node/index.js";

/** Where the frozen model stands. */
export const tinyFolder = fileURLToPath(new URL("tiny-model", import.meta.url));
/** Samples per second, per frame and per chunk of the tiny model. */
export const rate = 24_000;
export const hop = 320;
export const chunk = 75 * hop;

export async function openTiny(threads = 1): Promise<Codec<NetworkModel>> {
  return createCodec(await readModel(tinyFolder), createRuntime({ worker: false }), { threads });
}

/** The model's three files, to be damaged. */
export async function tinyFiles(): Promise<ModelFiles> {
  const read = async (name: string) => new Uint8Array(await readFile(`${tinyFolder}/${name}`));
  return {
    config: JSON.parse(new TextDecoder().decode(await read("model.json"))),
    weights: await read("weights.safetensors"),
    tables: await read("tables.bin"),
  };
}

/** samples/speech.wav at the tiny model's rate, 6.45 s. */
export async function speech(): Promise<Float32Array> {
  const path = fileURLToPath(new URL("../../../samples/speech.wav", import.meta.url));
  return resample(await readAudio(path), rate).channels[0]!;
}

/** Uniform in 0 .. 1, the same for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Something like a voice: a gliding tone with overtones, syllables and breath. */
export function hum(length: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  const base = 90 + 120 * random();
  let phase = 0;
  return Float32Array.from({ length }, (_, n) => {
    const seconds = n / rate;
    phase += (2 * Math.PI * base * (1 + 0.2 * Math.sin(2 * Math.PI * 0.7 * seconds))) / rate;
    const loud = 0.5 + 0.5 * Math.sin(2 * Math.PI * 3 * seconds + seed);
    const tone = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(5 * phase);
    return 0.2 * loud * tone + 0.01 * (random() - 0.5);
  });
}

/** A sound in blocks of the given sizes, taken in turn. */
export function inBlocks(channels: Float32Array[], sizes: readonly number[] = [4096]): AudioStream {
  const length = channels[0]!.length;
  return {
    sampleRate: rate,
    channelCount: channels.length,
    blocks: (async function* () {
      for (let at = 0, turn = 0; at < length; turn++) {
        const size = sizes[turn % sizes.length]!;
        yield channels.map((samples) => samples.slice(at, at + size));
        at += size;
      }
    })(),
  };
}

export async function encodeAll(
  codec: Codec,
  channels: Float32Array[],
  { layers, sizes }: { layers?: number; sizes?: readonly number[] } = {},
): Promise<Uint8Array> {
  const { length } = channels[0]!;
  const parts: Uint8Array[] = [];
  const { sampleRate } = codec.model;
  for await (const part of codec.encode(
    { ...inBlocks(channels, sizes), sampleRate },
    {
      sampleRate,
      length,
      finalLength: () => length,
      ...(layers === undefined ? {} : { layers }),
    },
  ))
    parts.push(part);
  return joinBytes(parts);
}

export async function decodeAll(
  codec: Codec,
  file: Uint8Array,
  options: DecodeOptions & { sizes?: readonly number[] } = {},
): Promise<{ channels: Float32Array[]; length: number | undefined }> {
  const stream = await codec.decode(inPieces(file, options.sizes), options);
  const pieces: Float32Array[][] = Array.from({ length: stream.channelCount }, () => []);
  for await (const block of stream.blocks) {
    for (const [channel, samples] of block.entries()) pieces[channel]!.push(samples);
  }
  return { channels: pieces.map(joinFloats), ...(await stream.end()) };
}

export async function* inPieces(file: Uint8Array, sizes: readonly number[] = [file.length]) {
  for (let at = 0, turn = 0; at < file.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield file.subarray(at, at + size);
    at += size;
  }
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function joinFloats(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The code of the NacreError that is thrown, or "accepted"; any other error goes through. */
export async function codeOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (isNacreError(error)) return error.code;
    throw error;
  }
  return "accepted";
}

/** Scale-invariant signal to distortion, dB (Le Roux et al. 2019, arXiv 1811.02508). */
export function siSdr(reference: Float32Array, found: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, n) => sum + value * b[n]!, 0);
  const scale = dot(found, reference) / dot(reference, reference);
  const target = reference.map((value) => value * scale);
  const rest = found.map((value, n) => value - target[n]!);
  return 10 * Math.log10(dot(target, target) / dot(rest, rest));
}

/** Whether two sounds are the same to the last bit; comparing element by element takes a second. */
export function sameSound(a: readonly Float32Array[], b: readonly Float32Array[]): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return a.length === b.length && a.every((samples, channel) => bytes(samples).equals(bytes(b[channel]!)));
}

export function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n]!)), 0);
}
