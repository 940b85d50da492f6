import type { Audio } from "@nacre/signal";
import { createPredictor, type Predictor, saturated, scaled, shift, within } from "./predictor.js";

/**
 * Decodes ITU-T G.722 (11/88) at 64 kbit/s: a byte holds six bits of the low band and two of the high, and
 * gives two samples at 16 kHz. Integers throughout, so every sample is the standard's.
 *
 * bytes    without a header, as Asterisk stores them; any byte is valid
 * returns  mono at 16 kHz, 2 * bytes.length samples of 16 bits over 32768
 */
export function decodeG722(bytes: Uint8Array): Audio {
  const low = createPredictor({ most: 18432, octave: 8, first: 32 });
  const high = createPredictor({ most: 22528, octave: 10, first: 8 });
  const join = createBandJoin();
  const samples = new Float32Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const [even, odd] = join(lowBand(low, bytes[i]! & 63), highBand(high, bytes[i]! >> 6));
    samples[2 * i] = even / 32768;
    samples[2 * i + 1] = odd / 32768;
  }
  return { sampleRate: 16_000, channels: [samples] };
}

// What is heard has all six bits; what is learned from has the upper four, as in the lower modes.
function lowBand(predictor: Predictor, code: number): number {
  const coarse = code >> 2;
  const heard = predictor.expected + scaled(predictor.step, levels6[code]!);
  predictor.learn(scaled(predictor.step, levels4[coarse]!), growths4[coarse]!);
  return within(heard, -16384, 16383);
}

function highBand(predictor: Predictor, code: number): number {
  const difference = scaled(predictor.step, levels2[code]!);
  const heard = predictor.expected + difference;
  predictor.learn(difference, growths2[code]!);
  return within(heard, -16384, 16383);
}

/** The quadrature mirror filter of 24 taps that joins the bands (clause 4.4): two samples out of one of each. */
function createBandJoin(): (low: number, high: number) => [number, number] {
  const sums = new Int32Array(12);
  const differences = new Int32Array(12);
  return (low, high) => {
    shift(sums, low + high);
    shift(differences, low - high);
    let [even, odd] = [0, 0];
    for (let i = 0; i < 12; i++) {
      even += differences[i]! * mirror[i]!;
      odd += sums[i]! * mirror[11 - i]!;
    }
    return [saturated(even >> 11), saturated(odd >> 11)];
  };
}

const mirror = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

// Tables 7 to 18 of the standard. A code of six bits that begins with 0000 was lost: it counts as the least.
const magnitudes6 = [
  24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
  4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136,
];
const levels6 = [
  ...[-136, -136, -136, -136],
  ...magnitudes6.slice(0, 28).map((level) => -level),
  ...magnitudes6,
  ...[-432, -136],
];
const magnitudes4 = [20456, 12896, 8968, 6288, 4240, 2584, 1200];
const levels4 = [0, ...magnitudes4.map((level) => -level), ...magnitudes4, 0];
const levels2 = [-7408, -1616, 7408, 1616];
const growths = [3042, 1198, 538, 334, 172, 58, -30];
const growths4 = [-60, ...growths, ...growths, -60];
const growths2 = [798, -214, 798, -214];
