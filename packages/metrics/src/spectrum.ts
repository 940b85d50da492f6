import FFT from "fft.js";

/**
 * Power spectra of windowed frames: the one place that runs an FFT.
 *
 * Each call of the returned function reads `window.length` samples of `samples` from `start`, multiplies them
 * by the window, fills up with zeros to `size` and writes |X|^2 of the bins 0 .. size/2 to `power`. Places outside
 * the signal are filled as `edge` says.
 */
export type PowerSpectrum = (samples: ArrayLike<number>, start: number, power: Float64Array) => void;

/** How a frame that leaves the signal is filled. */
export type Edge = "zero" | "reflect";

/** Makes a PowerSpectrum of `size` bins (a power of two >= window.length). */
export function powerSpectrum(
  window: Float64Array,
  size = window.length,
  edge: Edge = "zero",
): PowerSpectrum {
  const fft = new FFT(size);
  const frame = new Float64Array(size);
  const spectrum = new Float64Array(2 * size);
  const fill = edge === "reflect" ? fillReflected : fillZero;
  return (samples, start, power) => {
    const inside = start >= 0 && start + window.length <= samples.length;
    if (inside) for (let i = 0; i < window.length; i++) frame[i] = samples[start + i]! * window[i]!;
    else fill(samples, start, window, frame);
    fft.realTransform(spectrum, frame);
    for (let k = 0; k <= size / 2; k++) power[k] = spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2;
  };
}

/** The periodic Hann window of n samples: 0 at the start, its mirror image would follow. */
export function periodicHann(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));
}

/** The symmetric Hann window without its two zeros, as Taal et al. use it. */
export function innerHann(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 1)) / (n + 1)));
}

function fillZero(
  samples: ArrayLike<number>,
  start: number,
  window: Float64Array,
  frame: Float64Array,
): void {
  for (let i = 0; i < window.length; i++) frame[i] = (samples[start + i] ?? 0) * window[i]!;
}

function fillReflected(
  samples: ArrayLike<number>,
  start: number,
  window: Float64Array,
  frame: Float64Array,
): void {
  for (let i = 0; i < window.length; i++)
    frame[i] = samples[reflect(start + i, samples.length)]! * window[i]!;
}

/** Mirrors an index at both ends without repeating the end sample, as often as a short signal needs. */
function reflect(index: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((index % period) + period) % period;
  return place < length ? place : period - place;
}
