/**
 * Polyphase resampling by a rational factor, for measures that are defined at one rate (stoi: 10 kHz).
 *
 * A sinc of cutoff 1 / (2 max(up, down)) under a Kaiser window with 60 dB rejection and a transition of a tenth
 * of the cutoff: the filter that the reference programs of stoi use, so that values compare. Centred, so
 * there is no delay; returns ceil(samples * to / from) values.
 */
export function resample(samples: Float32Array, from: number, to: number): Float64Array {
  if (from === to) return Float64Array.from(samples);
  const divisor = greatestCommonDivisor(from, to);
  const [up, down] = [to / divisor, from / divisor];
  const { taps, half } = lowPass(up, down);
  return Float64Array.from({ length: Math.ceil((samples.length * up) / down) }, (_, n) => {
    // Output n stands at n * down of the up-sampled axis, where input m stands at m * up.
    const centre = n * down;
    const first = Math.max(0, Math.ceil((centre - half) / up));
    const last = Math.min(samples.length - 1, Math.floor((centre + half) / up));
    let sum = 0;
    for (let m = first; m <= last; m++) sum += samples[m]! * taps[centre - m * up + half]!;
    return sum;
  });
}

const rejection = 60;

/** Kaiser's design: length and shape from rejection and transition width; the sum of the taps is `up`. */
function lowPass(up: number, down: number): { taps: Float64Array; half: number } {
  const cutoff = 1 / (2 * Math.max(up, down));
  const half = Math.ceil((rejection - 8) / (28.714 * (cutoff / 10)));
  const beta = 0.1102 * (rejection - 8.7);
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = i - half;
    return sinc(2 * cutoff * t) * bessel0(beta * Math.sqrt(1 - (t / half) ** 2));
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return { taps: taps.map((tap) => (tap * up) / sum), half };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Modified Bessel function of order 0, by its power series. */
function bessel0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
