import type { Audio } from "@nacre/nacre";

const blockSeconds = 0.4;
const stepSeconds = 0.1;
const absoluteGate = -70;
const relativeGate = -10;

/**
 * Integrated loudness in LUFS: K-weighted power over blocks of 400 ms, three quarters of each shared with the
 * next, without the blocks below -70 LUFS and then without those 10 LU below the mean of the rest. All channels
 * count alike, as left, right and centre do.
 *
 * returns  NaN for a sound shorter than a block, -Infinity where every block is below -70 LUFS: neither has a
 *          loudness
 *
 * ITU-R BS.1770-5, annex 1.
 */
export function integratedLoudness({ sampleRate, channels }: Audio): number {
  const blocks = blockPowers(
    channels.map((samples) => weighted(samples, sampleRate)),
    sampleRate,
  );
  if (blocks.length === 0) return Number.NaN;
  const heard = blocks.filter((power) => loudnessOf(power) > absoluteGate);
  const threshold = loudnessOf(mean(heard)) + relativeGate;
  return loudnessOf(mean(heard.filter((power) => loudnessOf(power) > threshold)));
}

/** Of one stage of the weighting: y = b0 x + b1 x' + b2 x'' - a1 y' - a2 y''. */
export type Biquad = { b: [number, number, number]; a: [number, number] };

/**
 * The two stages of K-weighting at any rate: the analogue filters whose bilinear transforms at 48 kHz have the
 * coefficients of BS.1770's tables 1 and 2.
 */
export function kWeighting(sampleRate: number): [Biquad, Biquad] {
  return [headShelf(sampleRate), lowCut(sampleRate)];
}

function headShelf(sampleRate: number): Biquad {
  const [hertz, quality, gain] = [1681.974450955533, 0.7071752369554196, 10 ** (3.999843853973347 / 20)];
  const k = Math.tan((Math.PI * hertz) / sampleRate);
  const middle = gain ** 0.4996667741545416;
  const { scale, a } = poles(k, quality);
  const side = (middle * k) / quality;
  return { b: [scale * (gain + side + k * k), 2 * scale * (k * k - gain), scale * (gain - side + k * k)], a };
}

function lowCut(sampleRate: number): Biquad {
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  return { b: [1, -2, 1], a: poles(k, 0.5003270373238773).a };
}

function poles(k: number, quality: number): { scale: number; a: [number, number] } {
  const scale = 1 / (1 + k / quality + k * k);
  return { scale, a: [2 * scale * (k * k - 1), scale * (1 - k / quality + k * k)] };
}

function weighted(samples: Float32Array, sampleRate: number): Float64Array {
  let values = Float64Array.from(samples);
  for (const { b, a } of kWeighting(sampleRate)) {
    let [x1, x2, y1, y2] = [0, 0, 0, 0];
    values = values.map((x) => {
      const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
      [x2, x1, y2, y1] = [x1, x, y1, y];
      return y;
    });
  }
  return values;
}

function blockPowers(channels: readonly Float64Array[], sampleRate: number): number[] {
  const [size, step] = [blockSeconds, stepSeconds].map((seconds) => Math.round(seconds * sampleRate));
  const count = Math.max(0, Math.floor((channels[0]!.length - size!) / step!) + 1);
  return Array.from({ length: count }, (_, block) =>
    channels.reduce((sum, values) => sum + power(values.subarray(block * step!, block * step! + size!)), 0),
  );
}

function power(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum / values.length;
}

function loudnessOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
