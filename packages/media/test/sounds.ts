import { join } from "node:path";
import type { Audio } from "@nacre/signal";

/** A file of this folder. */
export function fixture(name: string): string {
  return join(import.meta.dirname, name);
}

/** A small repeatable source of numbers in 0 .. 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Noise of -1 .. 1. */
export function noise(sampleRate: number, channelCount: number, length: number, seed = 1): Audio {
  const random = randomFrom(seed);
  const channel = () => Float32Array.from({ length }, () => 2 * random() - 1);
  return { sampleRate, channels: Array.from({ length: channelCount }, channel) };
}

/** A sine of amplitude one half. */
export function sine(sampleRate: number, hertz: number, length: number): Audio {
  const omega = (2 * Math.PI * hertz) / sampleRate;
  return { sampleRate, channels: [Float32Array.from({ length }, (_, n) => 0.5 * Math.sin(omega * n))] };
}

/** 10 log10 of signal over error, decibels. */
export function signalToNoise(signal: ArrayLike<number>, heard: ArrayLike<number>): number {
  let power = 0;
  let error = 0;
  for (let index = 0; index < signal.length; index++) {
    power += signal[index]! ** 2;
    error += (signal[index]! - heard[index]!) ** 2;
  }
  return 10 * Math.log10(power / error);
}

/** Bytes in pieces of random sizes, as a pipe would bring them. */
export async function* piped(bytes: Uint8Array, seed = 1, most = 1000): AsyncGenerator<Uint8Array> {
  const random = randomFrom(seed);
  for (let at = 0; at < bytes.length; ) {
    const size = Math.floor(random() * most);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** A sound as a stream of random blocks and unknown length. */
export function choppy(audio: Audio, seed: number, most = 700) {
  const random = randomFrom(seed);
  const length = audio.channels[0]!.length;
  return {
    sampleRate: audio.sampleRate,
    channelCount: audio.channels.length,
    blocks: (async function* () {
      for (let at = 0; at < length; ) {
        const size = 1 + Math.floor(random() * most);
        yield audio.channels.map((samples) => samples.subarray(at, at + size));
        at += size;
      }
    })(),
  };
}

/** One chunk of a RIFF file, padded when `pad`. */
export function chunk(id: string, body: Uint8Array, size = body.length, pad = true): Uint8Array {
  const bytes = Buffer.alloc(8 + body.length + (pad ? body.length % 2 : 0));
  bytes.write(id, 0, "latin1");
  bytes.writeUInt32LE(size, 4);
  bytes.set(body, 8);
  return bytes;
}

/** A WAV file of these chunks. */
export function riff(...chunks: Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.from("RIFF\0\0\0\0WAVE", "latin1"), ...chunks]);
}

/** A plain format chunk. */
export function format(tag: number, channelCount: number, sampleRate: number, bits: number, align?: number) {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channelCount, 2);
  body.writeUInt32LE(sampleRate, 4);
  body.writeUInt16LE((align ?? channelCount * Math.ceil(bits / 8)) & 0xffff, 12);
  body.writeUInt16LE(bits, 14);
  return chunk("fmt ", body);
}
