const pinkTaps = 256;

/** Noise of equal power in bands of equal width, -1 .. 1, from even numbers over 0 <= x < 1. */
export function whiteNoise(length: number, random: () => number): Float32Array {
  return Float32Array.from({ length }, () => 2 * random() - 1);
}

/**
 * Noise of equal power in every octave, down to some sampleRate / 256, of no certain level.
 *
 * Kasdin 1995, "Discrete simulation of colored noise and stochastic processes and 1/f^a power law noise
 * generation", equation 116 with a = 1: half an integration of white noise as an autoregression.
 */
export function pinkNoise(length: number, random: () => number): Float32Array {
  const a = new Float64Array(pinkTaps).fill(1);
  for (let k = 1; k < pinkTaps; k++) a[k] = (a[k - 1]! * (k - 1.5)) / k;
  const white = whiteNoise(length, random);
  const out = new Float32Array(length);
  for (let n = 0; n < length; n++) {
    let value = white[n]!;
    const last = Math.min(pinkTaps - 1, n);
    for (let k = 1; k <= last; k++) value -= a[k]! * out[n - k]!;
    out[n] = value;
  }
  return out;
}

/**
 * What lies between two frequencies: a windowed sinc of 20 ms, without delay; from some 50 Hz beyond the edges on
 * it is 50 dB down. Before and after the samples is silence.
 */
export function bandPassed(
  samples: Float32Array,
  sampleRate: number,
  low: number,
  high: number,
): Float32Array {
  const half = Math.round(sampleRate / 50);
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const window = 0.54 + 0.46 * Math.cos((Math.PI * (i - half)) / half);
    return window * (lowPass((2 * high) / sampleRate, i - half) - lowPass((2 * low) / sampleRate, i - half));
  });
  return samples.map((_, n) => {
    const [first, last] = [Math.max(0, n - half), Math.min(samples.length - 1, n + half)];
    let sum = 0;
    for (let m = first; m <= last; m++) sum += taps[n - m + half]! * samples[m]!;
    return sum;
  });
}

/** The ideal low-pass at a share of half the sample rate. */
function lowPass(share: number, n: number): number {
  return n === 0 ? share : Math.sin(Math.PI * share * n) / (Math.PI * n);
}
