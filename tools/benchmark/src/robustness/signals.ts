import { resample } from "@nacre/media";
import { loudness, uniform } from "@nacre/metrics";
import type { Audio } from "@nacre/nacre";
import { bandPassed, pinkNoise, whiteNoise } from "./noise.js";
import { whispered } from "./whisper.js";

/** One sound to try a codec with. */
export type Signal = { name: string; what: string; sound: Audio };

const rate = 24_000;
const seconds = 2;

/**
 * Sounds that a codec of speech was not made for, each of two seconds, from a seed and a recording of speech.
 *
 * speech  one channel, at least five seconds; what is made of it keeps its sample rate
 */
export function robustnessSignals(speech: Audio, seed: number): Signal[] {
  return [...tones(), ...noises(seed), ...voices(speech, seed)];
}

function tones(): Signal[] {
  const square = (hertz: number) => synthetic((t) => (Math.floor(2 * hertz * t) % 2 === 0 ? 1 : -1));
  return [
    { name: "silence", what: "digital silence", sound: synthetic(() => 0) },
    {
      name: "clicks",
      what: "single samples of full scale, up and down in turn, four a second",
      sound: synthetic((_, n) =>
        n % (rate / 4) === rate / 8 ? 1 - 2 * (Math.floor((4 * n) / rate) % 2) : 0,
      ),
    },
    { name: "square-100", what: "square wave of 100 Hz, full scale", sound: square(100) },
    { name: "square-1000", what: "square wave of 1 kHz, full scale", sound: square(1000) },
    {
      name: "dc-half",
      what: "a constant .5; what is loud of it is its beginning",
      sound: synthetic(() => 0.5),
    },
    { name: "dc-full", what: "a constant 1; likewise", sound: synthetic(() => 1) },
  ];
}

function noises(seed: number): Signal[] {
  const kinds = { white: whiteNoise, pink: pinkNoise };
  return Object.entries(kinds).flatMap(([name, make], kind) =>
    [-10, -30, -50].map((level) => ({
      name: `${name}${level}`,
      what: `${name} noise of ${level} dBFS`,
      sound: atLevel(
        { sampleRate: rate, channels: [make(seconds * rate, uniform(seed, kind, -level))] },
        level,
      ),
    })),
  );
}

function voices(speech: Audio, seed: number): Signal[] {
  const { sampleRate } = speech;
  const voice = part(speech, 1, 1 + seconds);
  const other = part(faster(speech), 2, 2 + seconds);
  const made = (of: (samples: Float32Array) => Float32Array): Audio => ({
    sampleRate,
    channels: voice.channels.map(of),
  });
  return [
    { name: "speech", what: "the recording, to compare with", sound: voice },
    {
      name: "telephone",
      what: "the recording from 300 to 3400 Hz",
      sound: made((samples) => bandPassed(samples, sampleRate, 300, 3400)),
    },
    {
      name: "whisper",
      what: "the recording, its voice replaced by noise through the same all-pole filters",
      sound: made((samples) => whispered(samples, sampleRate, uniform(seed, 7))),
    },
    {
      name: "two-voices",
      what: "the recording and another part of it, a quarter faster and higher, at once",
      sound: made((samples) => samples.map((x, n) => (x + other.channels[0]![n]!) / 2)),
    },
    { name: "speech-60", what: "the recording at -60 dBFS", sound: atLevel(voice, -60) },
    {
      name: "clipped",
      what: "the recording at 0 dBFS, cut off at full scale",
      sound: made((samples) => {
        const [loud] = atLevel({ sampleRate, channels: [samples] }, 0).channels;
        return loud!.map((x) => Math.max(-1, Math.min(1, x)));
      }),
    },
  ];
}

function synthetic(value: (t: number, n: number) => number): Audio {
  const samples = Float32Array.from({ length: seconds * rate }, (_, n) => value(n / rate, n));
  return { sampleRate: rate, channels: [samples] };
}

function part({ sampleRate, channels }: Audio, from: number, to: number): Audio {
  return {
    sampleRate,
    channels: channels.map((samples) => samples.slice(from * sampleRate, to * sampleRate)),
  };
}

// Taken for one of a rate a quarter higher, it is played in four fifths of the time.
function faster({ sampleRate, channels }: Audio): Audio {
  return resample({ sampleRate: 1.25 * sampleRate, channels }, sampleRate);
}

/** The sound with the root mean square of its first channel at `level` dBFS; a full-scale square wave is 0. */
function atLevel({ sampleRate, channels }: Audio, level: number): Audio {
  const gain = 10 ** ((level - loudness(channels[0]!)) / 20);
  return { sampleRate, channels: channels.map((samples) => samples.map((x) => gain * x)) };
}
