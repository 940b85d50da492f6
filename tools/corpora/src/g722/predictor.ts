/**
 * What both bands of ITU-T G.722 (11/88, clause 3 and 6.2) share: an adaptive predictor of two poles and six
 * zeros in integers of 16 bits, and a quantizer step that follows the signal on a logarithmic scale.
 */
export type Predictor = {
  /** What is expected of the next sample. */
  readonly expected: number;
  /** Step of the inverse quantizer. */
  readonly step: number;
  /**
   * Learns from a sample: its quantized difference from what was expected, in the coarse resolution that
   * encoder and decoder share, and how far the logarithm of the step goes up or down with it.
   */
  learn(difference: number, growth: number): void;
};

/** Bounds of the logarithm of the step and its octave, by band (6.2.1.3 and 6.2.2.3). */
export type StepScale = { most: number; octave: number; first: number };

/** A predictor at rest. */
export function createPredictor({ most, octave, first }: StepScale): Predictor {
  // Sums of difference and zeros, and reconstructed samples: the newest first.
  const partial = new Int32Array(3);
  const reconstructed = new Int32Array(2);
  const poles = new Int32Array(2);
  const differences = new Int32Array(7);
  const zeros = new Int32Array(6);
  let [logarithm, step, fromZeros, expected] = [0, first, 0, 0];
  return {
    get expected() {
      return expected;
    },
    get step() {
      return step;
    },
    learn(difference, growth) {
      logarithm = within(((logarithm * 127) >> 7) + growth, 0, most);
      step = stepOf(logarithm, octave);
      shift(partial, saturated(fromZeros + difference));
      shift(reconstructed, saturated(expected + difference));
      shift(differences, difference);
      turnPoles(poles, partial);
      turnZeros(zeros, differences);
      fromZeros = filtered(zeros, differences);
      expected = saturated(filtered(poles, reconstructed) + fromZeros);
    },
  };
}

// SCALEL and SCALEH: 2^(logarithm / 2048) with its fraction out of a table of 32 steps.
function stepOf(logarithm: number, octave: number): number {
  const fraction = powers[(logarithm >> 6) & 31]!;
  const down = octave - (logarithm >> 11);
  return (down < 0 ? fraction << -down : fraction >> down) << 2;
}

const powers = Array.from({ length: 32 }, (_, i) => Math.round(2048 * 2 ** (i / 32)));

// UPPOL2 and UPPOL1: by the signs of the newest sums; a pole filter stays stable.
function turnPoles(poles: Int32Array, partial: Int32Array): void {
  const [first, second] = [poles[0]!, poles[1]!];
  const alike = sign(partial[0]!) === sign(partial[1]!);
  const pull = Math.min(alike ? -saturated(4 * first) : saturated(4 * first), 32767) >> 7;
  const leak = sign(partial[0]!) === sign(partial[2]!) ? 128 : -128;
  const next = within(pull + leak + scaled(second, 32512), -12288, 12288);
  const bound = saturated(15360 - next);
  poles[1] = next;
  poles[0] = within(saturated((alike ? 192 : -192) + scaled(first, 32640)), -bound, bound);
}

// UPZERO: each zero goes towards the sign of its difference times the newest.
function turnZeros(zeros: Int32Array, differences: Int32Array): void {
  const newest = differences[0]!;
  const rate = newest === 0 ? 0 : 128;
  for (let i = 0; i < zeros.length; i++) {
    const turn = sign(differences[i + 1]!) === sign(newest) ? rate : -rate;
    zeros[i] = saturated(turn + scaled(zeros[i]!, 32640));
  }
}

// FILTEP and FILTEZ.
function filtered(factors: Int32Array, line: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < factors.length; i++) sum += scaled(factors[i]!, saturated(2 * line[i]!));
  return saturated(sum);
}

/** Puts the newest number at the front; the oldest leaves. */
export function shift(line: Int32Array, newest: number): void {
  // A loop: copyWithin takes ten times as long for so few.
  for (let i = line.length - 1; i > 0; i--) line[i] = line[i - 1]!;
  line[0] = newest;
}

/** The product of two numbers of 16 bits, in units of 2^-15. */
export function scaled(a: number, b: number): number {
  return (a * b) >> 15;
}

/** The nearest number of 16 bits. */
export function saturated(value: number): number {
  return within(value, -32768, 32767);
}

/** The nearest number of least .. most. */
export function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

// Zero counts as positive.
function sign(value: number): number {
  return value >> 15;
}
