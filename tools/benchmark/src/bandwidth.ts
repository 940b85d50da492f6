import { spectrogram } from "@nacre/metrics";
import type { Audio } from "@nacre/nacre";

/** Width of the bands that `bandwidth` looks at, hertz. */
export const bandHertz = 500;
const tolerance = 10;
// Rounding to 16 bits leaves some -110 dB in such a band.
const floor = -100;

/**
 * Up to where a codec keeps the spectrum, in hertz: the upper edge of the last band of 500 Hz, counted from 0 Hz
 * without a break, whose power over the whole sound is within 10 dB of the original's. Bands in which the
 * original has less than -100 dB (a full sine is 0) are passed over, so that the bandwidth of an original against
 * itself is where its own sound ends. The mean over channels.
 *
 * estimate  of the same form as the reference
 * returns   0 where the lowest band is lost, NaN where the original has no band
 */
export function bandwidth(reference: Audio, estimate: Audio): number {
  const each = reference.channels
    .map((samples, c) => ofChannel(samples, estimate.channels[c]!, reference.sampleRate))
    .filter((hertz) => !Number.isNaN(hertz));
  return each.reduce((sum, hertz) => sum + hertz, 0) / each.length;
}

function ofChannel(reference: Float32Array, estimate: Float32Array, sampleRate: number): number {
  const original = bandLevels(reference, sampleRate);
  const found = bandLevels(estimate, sampleRate);
  const heard = [...original.keys()].filter((band) => original[band]! > floor);
  if (heard.length === 0) return Number.NaN;
  const lost = heard.findIndex((band) => Math.abs(found[band]! - original[band]!) > tolerance);
  const last = lost < 0 ? heard.at(-1)! : heard[lost - 1];
  return last === undefined ? 0 : Math.min((last + 1) * bandHertz, sampleRate / 2);
}

/**
 * Mean power over time of each band in dB; a bin on an edge belongs to the band above. Frames that reach beyond
 * the sound are left out where there are others: a cut in a loud moment has power at all frequencies.
 */
function bandLevels(samples: Float32Array, sampleRate: number): Float64Array {
  const window = 2 ** Math.ceil(Math.log2(sampleRate / 25));
  const { levels, frames, bins } = spectrogram(samples, { window, hop: window / 2 });
  const powers = new Float64Array(Math.ceil(sampleRate / 2 / bandHertz));
  const whole = Math.floor((samples.length - window) / (window / 2)) + 1;
  const [first, count] = whole > 0 ? [1, whole] : [0, frames];
  for (let frame = first; frame < first + count; frame++) {
    for (let k = 0; k < bins - 1; k++) {
      const band = Math.floor((k * sampleRate) / window / bandHertz);
      powers[band]! += 10 ** (levels[frame * bins + k]! / 10) / count;
    }
  }
  return powers.map((power) => 10 * Math.log10(power));
}
