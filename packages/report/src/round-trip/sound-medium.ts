import { NacreError } from "@nacre/errors";
import { quality } from "@nacre/inspect";
import { readAudio, type SoundCodec, soundCodecs, wavBytes } from "@nacre/media";
import { audioMetrics, loudness } from "@nacre/metrics";
import type { Audio } from "@nacre/signal";
import type { Baseline, TripMedium } from "./trip-medium.js";

/** Sounds there and back; rates are of all channels together. */
export const soundMedium: TripMedium<Audio> = {
  medium: "audio",
  rateUnit: "kbit/s",
  measures: audioMetrics.map(({ name, label, short, unit, better }) => ({
    name,
    label,
    short,
    unit,
    better,
  })),
  chief: "melDistance",
  baselines: soundCodecs.map(baseline),
  read: ({ path, bytes }) => readAudio(path ?? bytes()),
  extent: ({ sampleRate, channels }) => (1000 * (channels[0]?.length ?? 0)) / sampleRate,
  facts: ({ sampleRate, channels }) => ({
    seconds: (channels[0]?.length ?? 0) / sampleRate,
    sampleRate,
    channels: channels.length,
  }),
  measure: quality,
  async specimen(sound, original) {
    const gain = original && level(original) - level(sound);
    const bytes = wavBytes(sound);
    const head = { kind: "audio", ending: ".wav", type: "audio/wav", bytes } as const;
    return gain !== undefined && Number.isFinite(gain) ? { ...head, gain } : head;
  },
};

function baseline({ name, settings, mostChannels, version, through }: SoundCodec): Baseline<Audio> {
  return {
    name,
    version: async () => version(),
    trials(sound, rates) {
      const channels = sound.channels.length;
      if (channels > mostChannels) throw tooManyChannels(name, channels, mostChannels);
      // Its own settings are rates a channel, so that one means the same for sounds of one and of two.
      const asked = rates
        ? rates.map((rate) => [`${rate} kbit/s`, rate] as const)
        : settings.map((rate) => [`${rate} kbit/s a channel`, rate * channels] as const);
      return asked.map(([setting, kbps]) => ({ setting, through: () => through(sound, kbps) }));
    },
  };
}

/** Decibels of the mean power over channels. */
function level({ channels }: Audio): number {
  const powers = channels.map((samples) => 10 ** (loudness(samples) / 10));
  return 10 * Math.log10(powers.reduce((sum, power) => sum + power, 0) / powers.length);
}

function tooManyChannels(name: string, channels: number, most: number): NacreError {
  return new NacreError("media", {
    found: `${channels} channels`,
    expected: `at most ${most}, which is what ${name} codes together here`,
  });
}
