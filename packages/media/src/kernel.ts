/**
 * The low-pass filter of the resampler: a sinc under a Kaiser window, sampled at `up` phases.
 *
 * halfTaps  input samples on each side of the output's place, an even number
 * taps      coefficients for phase 0 .. up - 1: the place of the output between two input samples is
 *           phase / up; tap k belongs to input sample floor(place) - halfTaps + 1 + k
 *
 * The taps of each phase sum to 1, so silence with an offset keeps its offset exactly.
 */
export type Kernel = { halfTaps: number; taps: (phase: number) => Float64Array };

// 96 dB in the stop band; Kaiser 1974 gives the shape and the width of the transition from it.
const attenuation = 96;
const beta = 0.1102 * (attenuation - 8.7);
const windowSeries = seriesOf(26);
const zeroCrossings = 64;
/** Rates without a common factor have as many phases as hertz; beyond this they are computed each time. */
export const mostHeldTaps = 2 ** 22;

/**
 * A kernel for output places that are multiples of 1 / up input samples.
 *
 * ratio  output rate / input rate; below 1 the pass band shrinks with it
 *
 * J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974;
 * J. O. Smith, "Digital Audio Resampling", for the form with one kernel and many phases.
 */
export function kernelFor(up: number, ratio: number): Kernel {
  const band = Math.min(1, ratio);
  // Even, so that the taps are a multiple of four, as both filters sum them.
  const halfTaps = 2 * Math.ceil(zeroCrossings / band / 2);
  const transition = (attenuation - 7.95) / (2.285 * 2 * Math.PI * 2 * zeroCrossings);
  // The stop band begins at half the lower rate, so nothing folds back louder than -96 dB.
  const cutoff = band * (1 - transition);
  return { halfTaps, taps: (phase) => tapsAt(phase / up, halfTaps, cutoff) };
}

/** The same kernel with the taps of every phase computed once, when they are few enough to be held. */
export function heldKernel(kernel: Kernel, up: number): Kernel {
  const { halfTaps, taps } = kernel;
  if (up * 2 * halfTaps > mostHeldTaps) return kernel;
  const held = new Map<number, Float64Array>();
  return {
    halfTaps,
    taps(phase) {
      const known = held.get(phase) ?? taps(phase);
      held.set(phase, known);
      return known;
    },
  };
}

function tapsAt(place: number, halfTaps: number, cutoff: number): Float64Array {
  const taps = new Float64Array(2 * halfTaps);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const distance = place - (k - halfTaps + 1);
    taps[k] = sinc(cutoff * distance) * kaiser(distance / halfTaps);
    sum += taps[k]!;
  }
  for (let k = 0; k < taps.length; k++) taps[k]! /= sum;
  return taps;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The window times I0(beta); the sum of the taps takes the factor out again. */
function kaiser(x: number): number {
  const rest = 1 - x * x;
  if (rest <= 0) return 0;
  let value = 0;
  for (let k = windowSeries.length - 1; k >= 0; k--) value = value * rest + windowSeries[k]!;
  return value;
}

/**
 * Kaiser's I0(beta sqrt(y)) is the power series sum of (beta^2 / 4)^k / k!^2 y^k, so a polynomial in
 * y = 1 - x^2 without a root; the terms left out are below double precision.
 */
function seriesOf(terms: number): Float64Array {
  const series = new Float64Array(terms).fill(1);
  for (let k = 1; k < terms; k++) series[k] = (series[k - 1]! * (beta / 2) ** 2) / k ** 2;
  return series;
}
