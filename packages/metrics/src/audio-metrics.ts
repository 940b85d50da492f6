import { melDistance } from "./mel.js";
import { logSpectralDistance } from "./spectrogram.js";
import { estoi, stoi } from "./stoi.js";
import { siSdr, snr } from "./waveform.js";

/**
 * One measure of how true an estimate is to a reference.
 *
 * name       the key in reports; never changes its meaning
 * label      for people
 * short      for the head of a narrow column
 * unit       "" where it has none
 * better     the direction of better values
 * noValue    a sentence: when `measure` answers NaN or an infinity
 * measure    one channel against one channel of the same length; throws NacreError "shape" otherwise
 */
export type AudioMetric = {
  name: string;
  label: string;
  short: string;
  unit: string;
  better: "higher" | "lower";
  noValue: string;
  measure(reference: Float32Array, estimate: Float32Array, sampleRate: number): number;
};

const silence = "the original is silent, or the decoded sound is silent or equal to it";
const tooShort = "less than about 0.4 s of the original is within 40 dB of its loudest moment";

/** Every measure that inspection and benchmarks take of sound, in the order in which they are shown. */
export const audioMetrics: readonly AudioMetric[] = [
  {
    name: "siSdr",
    label: "SI-SDR",
    short: "SI-SDR",
    unit: "dB",
    better: "higher",
    noValue: silence,
    measure: siSdr,
  },
  { name: "snr", label: "SNR", short: "SNR", unit: "dB", better: "higher", noValue: silence, measure: snr },
  {
    name: "melDistance",
    label: "Mel distance",
    short: "mel",
    unit: "",
    better: "lower",
    noValue: "the sound has no samples",
    measure: melDistance,
  },
  {
    name: "logSpectralDistance",
    label: "Log-spectral distance",
    short: "LSD",
    unit: "dB",
    better: "lower",
    noValue: "the sound has no samples",
    measure: logSpectralDistance,
  },
  {
    name: "stoi",
    label: "STOI",
    short: "STOI",
    unit: "",
    better: "higher",
    noValue: tooShort,
    measure: stoi,
  },
  {
    name: "estoi",
    label: "ESTOI",
    short: "ESTOI",
    unit: "",
    better: "higher",
    noValue: tooShort,
    measure: estoi,
  },
];
