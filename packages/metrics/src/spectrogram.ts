import { NacreError } from "@nacre/errors";
import { checkPair } from "./pair.js";
import { periodicHann, powerSpectrum } from "./spectrum.js";

/** Levels below this, in dB, count as this. */
export const silenceFloor = -120;

/**
 * Log magnitudes over time and frequency.
 *
 * levels  [frames, bins] in dB, row after row; a full-scale sine in the middle of a bin is 0, the least is -120
 * bins    window / 2 + 1, from 0 Hz to half the sample rate
 */
export type Spectrogram = { levels: Float32Array; frames: number; bins: number };

/**
 * The log-magnitude spectrogram of a signal, for pictures and for logSpectralDistance.
 *
 * samples  one channel
 * window   samples in a frame, a power of two >= 4; Hann
 * hop      samples between frames, >= 1; frame i is centred on sample i * hop, outside the signal is silence
 * throws   NacreError "option" for a bad window or hop
 */
export function spectrogram(
  samples: Float32Array,
  { window, hop }: { window: number; hop: number },
): Spectrogram {
  checkFrames(window, hop);
  const bins = window / 2 + 1;
  const frames = samples.length === 0 ? 0 : 1 + Math.floor((samples.length - 1) / hop);
  const levels = new Float32Array(frames * bins);
  const transform = powerSpectrum(periodicHann(window));
  const power = new Float64Array(bins);
  // A sine of amplitude 1 has magnitude (sum of the window) / 2 = window / 4.
  const fullScale = 20 * Math.log10(window / 4);
  for (let frame = 0; frame < frames; frame++) {
    transform(samples, frame * hop - window / 2, power);
    for (let k = 0; k < bins; k++) {
      levels[frame * bins + k] = Math.max(silenceFloor, 10 * Math.log10(power[k]!) - fullScale);
    }
  }
  return { levels, frames, bins };
}

/**
 * Log-spectral distance in dB; lower is better, 0 is equal. The root of the mean squared difference of levels
 * over the bins of a frame, then the mean over frames; Hann window of 2048, hop 512, levels below -120 dB count
 * as -120.
 *
 * returns  NaN for no samples
 * throws   NacreError "shape" when lengths differ
 *
 * Gray and Markel 1976, "Distance measures for speech processing", the rms log spectral measure d2.
 */
export function logSpectralDistance(reference: Float32Array, estimate: Float32Array): number {
  checkPair(reference, estimate);
  const [a, b] = [reference, estimate].map((samples) => spectrogram(samples, { window: 2048, hop: 512 }));
  const { frames, bins } = a!;
  let sum = 0;
  for (let frame = 0; frame < frames; frame++) {
    let squares = 0;
    for (let i = frame * bins; i < (frame + 1) * bins; i++) squares += (a!.levels[i]! - b!.levels[i]!) ** 2;
    sum += Math.sqrt(squares / bins);
  }
  return sum / frames;
}

function checkFrames(window: number, hop: number): void {
  if (!Number.isInteger(Math.log2(window)) || window < 4) {
    throw new NacreError("option", { found: `window ${window}`, expected: "a power of two, 4 or more" });
  }
  if (!Number.isInteger(hop) || hop < 1) {
    throw new NacreError("option", { found: `hop ${hop}`, expected: "a whole number, 1 or more" });
  }
}
