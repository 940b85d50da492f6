import { resample } from "@nacre/media";

/**
 * A sound as it is after a lower sample rate: flat to nine tenths of the cut-off, at least 80 dB down above it.
 *
 * cutoff   hertz, a whole number below half of sampleRate
 * returns  as many samples, without delay
 */
export function lowPassed(samples: Float32Array, sampleRate: number, cutoff: number): Float32Array {
  const low = resample({ sampleRate, channels: [samples] }, 2 * cutoff);
  return resample(low, sampleRate, { length: samples.length }).channels[0]!;
}

/** A sound as a telephone gives it: 300 to 3400 Hz, 3 dB down at the lower end. */
export function telephoned(samples: Float32Array, sampleRate: number): Float32Array {
  const upper = Math.min(3750, Math.floor(sampleRate / 2) - 1);
  return highPassed(lowPassed(samples, sampleRate, upper), sampleRate, 300);
}

/**
 * The Butterworth high-pass of second order by the bilinear transform, 3 dB down at the cut-off and falling
 * by 12 dB an octave below.
 */
export function highPassed(samples: Float32Array, sampleRate: number, cutoff: number): Float32Array {
  const k = Math.tan((Math.PI * cutoff) / sampleRate);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const [a1, a2] = [2 * (k * k - 1) * norm, (1 - Math.SQRT2 * k + k * k) * norm];
  const out = new Float32Array(samples.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i]!;
    const y = norm * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    out[i] = y;
  }
  return out;
}
