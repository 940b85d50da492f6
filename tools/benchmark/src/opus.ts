import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { resample } from "@nacre/media";
import { type Audio, readAudio } from "@nacre/nacre";
import type OpusScript from "opusscript";
import { type ByLoudness, byLoudness } from "./by-loudness.js";
import { type Coded, type CodedRow, codedOf, meanRow } from "./coded.js";
import { integratedLoudness } from "./integrated-loudness.js";
import { identitySanity, type SanityRow, transparentSanity } from "./sanity.js";
import { soundFiles } from "./sound-files.js";

/** What was asked for, and what files in an Ogg container take; measures are means over files. */
export type OpusRow = { asked: number } & CodedRow;

/** Opus on a folder of sounds, measured as our own models are. */
export type OpusResult = {
  codec: string;
  /** Its version; null where it is not on this machine. It is not what codes here. */
  ffmpeg: string | null;
  files: string[];
  seconds: number;
  rates: OpusRow[];
  byLoudness: ByLoudness<{ rates: OpusRow[] }>;
  sanity: SanityRow[];
};

// Per channel; libopus is near transparent from some 64 kbit/s on.
const transparentKbps = 128;

const rate = 48_000;
const frame = 960; // 20 ms
// libopus at 48 kHz looks ahead 6.5 ms.
const preSkip = 312;

/** Encodes and decodes every sound at each rate (kbit/s), variable rate, 20 ms frames, as libopus does by itself. */
export async function measureOpus(
  folder: string,
  rates: readonly number[],
  onFile: (done: number, total: number) => void = () => {},
): Promise<OpusResult> {
  const files = await soundFiles(folder);
  const clips: OpusClip[] = [];
  for (const [index, { name, path }] of files.entries()) {
    clips.push({ name, ...measureClip(await readAudio(path), rates) });
    onFile(index + 1, files.length);
  }
  const rowsOf = (places: readonly number[]): OpusRow[] =>
    rates.map((asked, i) => ({ asked, ...meanRow(places.map((at) => clips[at]!.rates[i]!)) }));
  return {
    codec: `libopus in opusscript ${version()}`,
    ffmpeg: ffmpegVersion(),
    files: files.map(({ name }) => name),
    seconds: clips.reduce((sum, { seconds }) => sum + seconds, 0),
    rates: rowsOf([...clips.keys()]),
    byLoudness: byLoudness(clips, (places) => ({ rates: rowsOf(places) })),
    sanity: [
      identitySanity(meanRow(clips.map(({ identity }) => identity))),
      transparentSanity(
        `Opus at ${transparentKbps} kbit/s a channel`,
        meanRow(clips.map(({ transparent }) => transparent)),
      ),
    ],
  };
}

type OpusClip = {
  name: string;
  seconds: number;
  loudness: number;
  rates: Coded[];
  identity: Coded;
  transparent: Coded;
};

function measureClip(sound: Audio, rates: readonly number[]): Omit<OpusClip, "name"> {
  const coded = (kbps: number) => {
    const { decoded, bytes } = throughOpus(sound, kbps);
    return codedOf(sound, decoded, bytes);
  };
  return {
    seconds: sound.channels[0]!.length / sound.sampleRate,
    loudness: integratedLoudness(sound),
    rates: rates.map(coded),
    identity: codedOf(sound, sound, 0),
    transparent: coded(transparentKbps * sound.channels.length),
  };
}

/** A sound there and back, and the bytes of its Ogg Opus file. */
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

function ffmpegVersion(): string | null {
  const { status, stdout } = spawnSync("ffmpeg", ["-version"], { encoding: "utf8" });
  return status === 0 ? (stdout.match(/^ffmpeg version (\S+)/)?.[1] ?? "unknown") : null;
}
