import { checkPair, checkRate } from "./pair.js";
import { periodicHann, powerSpectrum } from "./spectrum.js";

/** The scales of melDistance: window in samples, and how many mel bands it is read in. */
export const melScales: readonly { window: number; bands: number }[] = [
  { window: 32, bands: 5 },
  { window: 64, bands: 10 },
  { window: 128, bands: 20 },
  { window: 256, bands: 40 },
  { window: 512, bands: 80 },
  { window: 1024, bands: 160 },
  { window: 2048, bands: 320 },
];

// Magnitudes below this count as this: -100 dB, so that silence has a distance.
const floor = 1e-5;

/**
 * Multi-scale mel distance; lower is better, 0 is equal.
 *
 * At each of the seven scales: Hann window, hop a quarter, edges reflected, magnitudes summed into mel bands
 * (Slaney's scale and area norm, 0 Hz to half the rate), log10 above a floor of 1e-5, mean absolute
 * difference. The result is the mean over scales, so 0.05 means that a band is off by 1 dB on average;
 * DAC's training loss is the sum, seven times this.
 *
 * throws   NacreError "shape" when lengths differ, "option" for a bad rate
 * returns  NaN for no samples
 *
 * Kumar et al. 2023, "High-fidelity audio compression with improved RVQGAN", section 3.4.
 */
export function melDistance(reference: Float32Array, estimate: Float32Array, sampleRate: number): number {
  checkPair(reference, estimate);
  checkRate(sampleRate);
  if (reference.length === 0) return Number.NaN;
  let sum = 0;
  for (const { window, bands } of melScales) {
    sum += scaleDistance(reference, estimate, window, melFilters(bands, window, sampleRate));
  }
  return sum / melScales.length;
}

/** One triangle: its weights for the bins from `first` on. */
type MelFilter = { first: number; weights: Float64Array };

function scaleDistance(
  reference: Float32Array,
  estimate: Float32Array,
  window: number,
  filters: MelFilter[],
): number {
  const transform = powerSpectrum(periodicHann(window), window, "reflect");
  const [a, b] = [new Float64Array(window / 2 + 1), new Float64Array(window / 2 + 1)];
  const hop = window / 4;
  const frames = 1 + Math.floor(reference.length / hop);
  let sum = 0;
  for (let frame = 0; frame < frames; frame++) {
    transform(reference, frame * hop - window / 2, a);
    transform(estimate, frame * hop - window / 2, b);
    for (let k = 0; k < a.length; k++) {
      a[k] = Math.sqrt(a[k]!);
      b[k] = Math.sqrt(b[k]!);
    }
    for (const filter of filters) sum += Math.abs(Math.log10(band(a, filter) / band(b, filter)));
  }
  return sum / (frames * filters.length);
}

function band(magnitudes: Float64Array, { first, weights }: MelFilter): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * magnitudes[first + i]!;
  return Math.max(sum, floor);
}

/**
 * Triangles of equal width on the mel scale with unit area in hertz. A triangle narrower than the distance
 * of two bins may hold none: its band is then empty in both signals and adds nothing.
 */
function melFilters(bands: number, window: number, sampleRate: number): MelFilter[] {
  const top = hertzToMel(sampleRate / 2);
  const edges = Array.from({ length: bands + 2 }, (_, i) => melToHertz((top * i) / (bands + 1)));
  const step = sampleRate / window;
  return Array.from({ length: bands }, (_, i) =>
    triangle(edges[i]!, edges[i + 1]!, edges[i + 2]!, step, window / 2),
  );
}

function triangle(low: number, centre: number, high: number, step: number, lastBin: number): MelFilter {
  const first = Math.min(Math.ceil(low / step), lastBin);
  const last = Math.min(Math.floor(high / step), lastBin);
  const weights = Float64Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const hertz = (first + i) * step;
    const height = Math.min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
    return (Math.max(0, height) * 2) / (high - low);
  });
  return { first, weights };
}

// Slaney's mel scale: linear below 1 kHz (200/3 Hz a mel), then 27 mels for each factor 6.4.
const knee = 1000;
const kneeMel = 15;
const melsPerNeper = 27 / Math.log(6.4);

function hertzToMel(hertz: number): number {
  return hertz < knee ? (hertz * 3) / 200 : kneeMel + Math.log(hertz / knee) * melsPerNeper;
}

function melToHertz(mel: number): number {
  return mel < kneeMel ? (mel * 200) / 3 : knee * Math.exp((mel - kneeMel) / melsPerNeper);
}
