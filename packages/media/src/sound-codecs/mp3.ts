import { createRequire } from "node:module";
import { NacreError } from "@nacre/errors";
import type { Audio } from "@nacre/signal";
import type * as Encoders from "wasm-media-encoders";
import { resample } from "../resample.js";
import type { SoundCodec } from "./sound-codec.js";

/** Hertz that MPEG-1, MPEG-2 and MPEG-2.5 know. */
const knownRates = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/** kbit/s that a frame can have in one of them. */
const knownKbps = [8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320] as const;

// LAME puts 576 samples in front, and a decoder is 529 late: a tag would say so, but what is written has none.
const delay = 576 + 529;

/** MP3 as LAME makes it at a constant rate: the highest that it has below the one asked for. */
export const mp3: SoundCodec = {
  name: "mp3",
  label: "MP3 (LAME)",
  settings: [16, 24, 32, 48, 64, 96],
  mostChannels: 2,
  version: () => `LAME in wasm-media-encoders ${encoders().jsLibraryVersion()}`,
  through: throughMp3,
};

async function throughMp3(sound: Audio, kbps: number): Promise<{ decoded: Audio; bytes: number }> {
  const length = sound.channels[0]!.length;
  const rate = knownRates.find((each) => each >= sound.sampleRate) ?? 48_000;
  const file = await encode(resample(sound, rate), kbps);
  const { sampleRate, channels } = await decode(file);
  // The decoder gives two channels of a file with one.
  const late = channels.slice(0, sound.channels.length).map((samples) => samples.subarray(delay));
  return {
    decoded: resample({ sampleRate, channels: late }, sound.sampleRate, { length }),
    bytes: file.length,
  };
}

async function encode({ sampleRate, channels }: Audio, kbps: number): Promise<Uint8Array> {
  const bitrate = knownKbps.findLast((each) => each <= kbps);
  if (bitrate === undefined) {
    throw new NacreError("option", { found: `MP3 at ${kbps} kbit/s`, expected: `${knownKbps[0]} or more` });
  }
  const encoder = await encoders().createMp3Encoder();
  encoder.configure({ sampleRate, channels: channels.length as 1 | 2, bitrate });
  // The encoder owns what it gives: the next call writes over it.
  const body = Buffer.from(encoder.encode(channels));
  return Buffer.concat([body, encoder.finalize()]);
}

async function decode(file: Uint8Array): Promise<Audio> {
  const { MPEGDecoder } = await import("mpg123-decoder");
  const decoder = new MPEGDecoder();
  await decoder.ready;
  const { channelData, sampleRate } = decoder.decode(file);
  decoder.free();
  return { sampleRate, channels: channelData };
}

// Loaded when the first sound is coded: whoever never compares does not pay.
function encoders(): typeof Encoders {
  return createRequire(import.meta.url)("wasm-media-encoders") as typeof Encoders;
}
