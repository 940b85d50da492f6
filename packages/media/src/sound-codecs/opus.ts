import { createRequire } from "node:module";
import type { Audio } from "@nacre/signal";
import type OpusScript from "opusscript";
import { resample } from "../resample.js";
import type { SoundCodec } from "./sound-codec.js";

const rate = 48_000;
const frame = 960; // 20 ms
// libopus at 48 kHz looks ahead 6.5 ms.
const preSkip = 312;

/** Opus as libopus does by itself: variable rate, frames of 20 ms; bytes are those of an Ogg file. */
export const opus: SoundCodec = {
  name: "opus",
  label: "Opus",
  settings: [6, 9, 12, 16, 24, 32, 48],
  mostChannels: 2,
  version: () => `libopus in opusscript ${version()}`,
  through: async (sound, kbps) => throughOpus(sound, kbps),
};

/** A sound there and back, and the bytes of its Ogg Opus file. kbps: of all channels together */
export function throughOpus(sound: Audio, kbps: number): { decoded: Audio; bytes: number } {
  const length = sound.channels[0]!.length;
  const wide = resample(sound, rate);
  const [packets, channels] = codeChannels(wide, kbps);
  const narrow = resample({ sampleRate: rate, channels }, sound.sampleRate, { length });
  return { decoded: narrow, bytes: oggBytes(packets) };
}

function codeChannels({ channels }: Audio, kbps: number): [number[], Float32Array[]] {
  const Codec = createRequire(import.meta.url)("opusscript") as typeof OpusScript;
  const codec = new Codec(rate, channels.length as 1 | 2, Codec.Application.AUDIO);
  codec.setBitrate(kbps * 1000);
  const length = channels[0]!.length;
  const out = channels.map(() => new Float32Array(length));
  const packets: number[] = [];
  for (let at = 0; at < length + preSkip; at += frame) {
    const packet = codec.encode(pcm(channels, at), frame);
    packets.push(packet.length);
    unpack(codec.decode(packet), out, at - preSkip);
  }
  codec.delete();
  return [packets, out];
}

function pcm(channels: readonly Float32Array[], at: number): Buffer {
  const bytes = Buffer.alloc(frame * channels.length * 2);
  for (let i = 0; i < frame; i++) {
    for (const [c, samples] of channels.entries()) {
      const value = Math.round((samples[at + i] ?? 0) * 32_768);
      bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, value)), 2 * (i * channels.length + c));
    }
  }
  return bytes;
}

function unpack(bytes: Buffer, out: Float32Array[], at: number): void {
  for (let i = 0; i < frame; i++) {
    for (const [c, samples] of out.entries()) {
      if (at + i >= 0 && at + i < samples.length) {
        samples[at + i] = bytes.readInt16LE(2 * (i * out.length + c)) / 32_768;
      }
    }
  }
}

/**
 * Bytes of an Ogg Opus file (RFC 3533, RFC 7845) with a page a second, as ffmpeg and opusenc write them: head
 * and tags on pages of their own, then 27 bytes a page and one for every 255 begun of a packet.
 */
export function oggBytes(packets: readonly number[]): number {
  const head = 28 + 19;
  const tags = 28 + 8 + 4 + "libopus".length + 4;
  const pages = Math.ceil(packets.length / 50);
  const lacing = packets.reduce((sum, size) => sum + Math.floor(size / 255) + 1, 0);
  return head + tags + 27 * pages + lacing + packets.reduce((sum, size) => sum + size, 0);
}

function version(): string {
  return (createRequire(import.meta.url)("opusscript/package.json") as { version: string }).version;
}
