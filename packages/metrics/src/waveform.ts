import { checkPair } from "./pair.js";

/**
 * Scale-invariant signal-to-distortion ratio in dB; higher is better.
 *
 * reference  the original, [samples]
 * estimate   what is judged, [samples]
 * returns    10 log10(|a s|^2 / |a s - x|^2) with means removed and a = <x, s> / |s|^2.
 *            +Infinity when the estimate is a scaled reference to the last bit; -Infinity when it is constant
 *            or shares nothing with the reference; NaN when the reference is constant (silence, or no samples),
 *            because then there is nothing to be true to.
 * throws     NacreError "shape" when lengths differ
 *
 * Le Roux et al. 2019, "SDR - half-baked or well done?", equation 5, on signals of zero mean.
 */
export function siSdr(reference: Float32Array, estimate: Float32Array): number {
  checkPair(reference, estimate);
  const [meanR, meanE] = [mean(reference), mean(estimate)];
  let [rr, re] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    rr += (reference[i]! - meanR) ** 2;
    re += (reference[i]! - meanR) * (estimate[i]! - meanE);
  }
  if (rr === 0) return Number.NaN;
  const scale = re / rr;
  let error = 0;
  for (let i = 0; i < reference.length; i++) {
    error += (scale * (reference[i]! - meanR) - (estimate[i]! - meanE)) ** 2;
  }
  return decibels(scale * scale * rr, error, Number.NEGATIVE_INFINITY);
}

/**
 * Signal-to-noise ratio in dB, 10 log10(|s|^2 / |s - x|^2); higher is better. Unlike siSdr it counts a wrong
 * level and a wrong mean as noise.
 *
 * returns  +Infinity for equal signals that are not silent; -Infinity when the reference is silent and the
 *          estimate is not; NaN when both are silent or empty
 * throws   NacreError "shape" when lengths differ
 */
export function snr(reference: Float32Array, estimate: Float32Array): number {
  checkPair(reference, estimate);
  let [signal, noise] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    signal += reference[i]! ** 2;
    noise += (reference[i]! - estimate[i]!) ** 2;
  }
  return decibels(signal, noise, Number.NaN);
}

/**
 * Root mean square in dB below full scale: 0 is a square wave of amplitude 1, a full sine is -3.01.
 * Silence and an empty signal are -Infinity. No weighting: this is a level, not a loudness in LUFS.
 */
export function loudness(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy === 0 ? Number.NEGATIVE_INFINITY : 10 * Math.log10(energy / samples.length);
}

function decibels(signal: number, noise: number, bothZero: number): number {
  return signal === 0 && noise === 0 ? bothZero : 10 * Math.log10(signal / noise);
}

function mean(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  return samples.length === 0 ? 0 : sum / samples.length;
}
