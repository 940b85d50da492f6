/** The losses in plain float64 loops, written from their papers, to hold the graphs against. */

/** |DFT|^2 of Hann-windowed frames of one signal, [frames][window / 2 + 1]; hop a quarter, no padding. */
function powers(samples: ArrayLike<number>, window: number): number[][] {
  const turn = (k: number) => (2 * Math.PI * k) / window;
  const cosine = Array.from({ length: window }, (_, k) => Math.cos(turn(k)));
  const sine = Array.from({ length: window }, (_, k) => Math.sin(turn(k)));
  const frames = Math.floor((samples.length - window) / (window / 4)) + 1;
  return Array.from({ length: frames }, (_, frame) => {
    const tapered = cosine.map((c, t) => samples[(frame * window) / 4 + t]! * (0.5 - 0.5 * c));
    return Array.from({ length: window / 2 + 1 }, (_, bin) => {
      let [real, imaginary] = [0, 0];
      for (let t = 0; t < window; t++) {
        real += tapered[t]! * cosine[(t * bin) % window]!;
        imaginary -= tapered[t]! * sine[(t * bin) % window]!;
      }
      return real * real + imaginary * imaginary;
    });
  });
}

/** Slaney's filters as librosa builds them: from ramps between neighbouring centre frequencies. */
export function plainFilters(window: number, mels: number, sampleRate: number): number[][] {
  const toMel = (hz: number) =>
    hz < 1000 ? (hz * 3) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4);
  const toHertz = (mel: number) => (mel < 15 ? (mel * 200) / 3 : 1000 * 6.4 ** ((mel - 15) / 27));
  const top = toMel(sampleRate / 2);
  const centers = Array.from({ length: mels + 2 }, (_, i) => toHertz((i * top) / (mels + 1)));
  return Array.from({ length: mels }, (_, mel) =>
    Array.from({ length: window / 2 + 1 }, (_, bin) => {
      const hertz = (bin * sampleRate) / window;
      const up = -(centers[mel]! - hertz) / (centers[mel + 1]! - centers[mel]!);
      const down = (centers[mel + 2]! - hertz) / (centers[mel + 2]! - centers[mel + 1]!);
      return (Math.max(0, Math.min(up, down)) * 2) / (centers[mel + 2]! - centers[mel]!);
    }),
  );
}

/** log10 mel spectra of items [B][S], all values in a row. */
function logMels(items: readonly ArrayLike<number>[], window: number, filters: number[][]): number[] {
  return items.flatMap((samples) =>
    powers(samples, window).flatMap((frame) => {
      const magnitude = frame.map((power) => Math.sqrt(power + 1e-9));
      return filters.map((filter) =>
        Math.log10(
          Math.max(
            1e-5,
            magnitude.reduce((sum, m, bin) => sum + m * filter[bin]!, 0),
          ),
        ),
      );
    }),
  );
}

/** One scale of the mel loss as a function of the estimate, the reference fixed; arrays [B][S]. */
export function plainMelLoss(
  reference: readonly ArrayLike<number>[],
  { window, mels }: { window: number; mels: number },
  sampleRate: number,
): (estimate: readonly ArrayLike<number>[]) => number {
  const filters = plainFilters(window, mels, sampleRate);
  const wanted = logMels(reference, window, filters);
  return (estimate) => {
    const found = logMels(estimate, window, filters);
    return found.reduce((sum, value, i) => sum + Math.abs(value - wanted[i]!), 0) / found.length;
  };
}

/** Mean absolute difference. */
export function plainWaveform(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  const items = a.map((item, i) => Array.from(item, (x, t) => Math.abs(x - b[i]![t]!)));
  return items.flat().reduce((sum, x) => sum + x, 0) / items.flat().length;
}

/** Minus SI-SDR in dB: the reference is scaled to its projection (Le Roux et al. 2019). */
export function plainSiSdr(reference: readonly ArrayLike<number>[], estimate: readonly ArrayLike<number>[]) {
  const perItem = reference.map((s, i) => {
    const x = estimate[i]!;
    let [cross, energy] = [0, 0];
    for (let t = 0; t < s.length; t++) {
      cross += s[t]! * x[t]!;
      energy += s[t]! ** 2;
    }
    let [target, rest] = [0, 0];
    for (let t = 0; t < s.length; t++) {
      const part = (cross / energy) * s[t]!;
      target += part ** 2;
      rest += (x[t]! - part) ** 2;
    }
    return -10 * Math.log10(target / rest);
  });
  return perItem.reduce((sum, each) => sum + each, 0) / perItem.length;
}

/** One minus the mean of both correlations, without any cut of silence; arrays [B][S]. */
export function plainIntelligibility(
  reference: readonly ArrayLike<number>[],
  estimate: readonly ArrayLike<number>[],
  sampleRate: number,
): number {
  const scores = reference.flatMap((x, item) => {
    const [a, b] = [x, estimate[item]!].map((samples) => bandEnvelopes(samples, sampleRate));
    return [0, 7].map((first) => segmentScore(cut(a!, first), cut(b!, first)));
  });
  return 1 - scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Third-octave magnitudes [15][frames] of Hann frames of 25.6 ms, half overlapping. */
function bandEnvelopes(samples: ArrayLike<number>, sampleRate: number): number[][] {
  const hop = Math.round(0.0128 * sampleRate);
  const frames = Math.floor(samples.length / hop) - 1;
  const step = 10_000 / 512;
  const over = (value: (t: number) => number) => Array.from({ length: 2 * hop }, (_, t) => value(t));
  const taper = over((t) => 0.5 - 0.5 * Math.cos((Math.PI * t) / hop));
  const waves = Array.from({ length: 256 }, (_, bin) => {
    const turn = (2 * Math.PI * bin * step) / sampleRate;
    return { cosine: over((t) => Math.cos(turn * t)), sine: over((t) => Math.sin(turn * t)) };
  });
  return Array.from({ length: 15 }, (_, band) => {
    const [low, high] = [2 * band - 1, 2 * band + 1].map((sixth) =>
      Math.round((150 * 2 ** (sixth / 6)) / step),
    );
    return Array.from({ length: frames }, (_, frame) => {
      let power = 1e-9;
      for (let bin = low!; bin < high!; bin++) {
        let [re, im] = [0, 0];
        for (let t = 0; t < 2 * hop; t++) {
          const value = samples[frame * hop + t]! * taper[t]!;
          re += value * waves[bin]!.cosine[t]!;
          im += value * waves[bin]!.sine[t]!;
        }
        power += re * re + im * im;
      }
      return Math.sqrt(power);
    });
  });
}

const cut = (envelopes: number[][], first: number) => envelopes.map((row) => row.slice(first, first + 30));

function segmentScore(x: number[][], y: number[][]): number {
  const unit = (values: number[]) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const centred = values.map((v) => v - mean);
    const norm = Math.sqrt(centred.reduce((sum, v) => sum + v * v, 1e-5));
    return centred.map((v) => v / norm);
  };
  const across = (rows: number[][]) => rows[0]!.map((_, t) => unit(rows.map((row) => row[t]!)));
  const inner = (a: number[][], b: number[][]) => a.flat().reduce((sum, v, i) => sum + v * b.flat()[i]!, 0);
  const [rowsX, rowsY] = [x.map(unit), y.map(unit)];
  return (inner(rowsX, rowsY) / 15 + inner(across(rowsX), across(rowsY)) / 30) / 2;
}
