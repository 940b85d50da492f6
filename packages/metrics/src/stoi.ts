import { checkPair, checkRate } from "./pair.js";
import { resample } from "./resample.js";
import { innerHann, powerSpectrum } from "./spectrum.js";

// Constants of Taal et al. 2011, section II.
const rate = 10_000;
const frameLength = 256;
const hop = 128;
const fftSize = 512;
const bandCount = 15;
const lowestCentre = 150;
const segmentFrames = 30;
const dynamicRange = 40;
const clip = 1 + 10 ** (15 / 20);

/**
 * Short-time objective intelligibility, about 0 .. 1; higher is better.
 *
 * reference   clean speech, one channel
 * estimate    the same speech after processing, same length
 * sampleRate  hertz; both are resampled to 10 kHz
 * returns     the mean correlation of third-octave envelopes over segments of 384 ms; NaN when fewer than 30
 *             frames (about .4 s) of the reference are within 40 dB of its loudest
 * throws      NacreError "shape" when lengths differ, "option" for a bad rate
 *
 * Taal et al. 2011, "An algorithm for intelligibility prediction of time-frequency weighted noisy speech",
 * equations 1-6. Made for speech: on music it is a number without a meaning in intelligibility.
 */
export function stoi(reference: Float32Array, estimate: Float32Array, sampleRate: number): number {
  return meanOverSegments(reference, estimate, sampleRate, envelopeCorrelation);
}

/**
 * Extended short-time objective intelligibility, about 0 .. 1; higher is better. As stoi, but each segment is
 * normalized over time and over bands and not clipped, which follows modulated noise better.
 *
 * Arguments, NaN and errors as stoi. Jensen and Taal 2016, "An algorithm for predicting the intelligibility of
 * speech masked by modulated noise maskers", equations 3-7.
 */
export function estoi(reference: Float32Array, estimate: Float32Array, sampleRate: number): number {
  return meanOverSegments(reference, estimate, sampleRate, columnCorrelation);
}

/** One segment's score from its envelopes, [bandCount, segmentFrames] each; both arrays may be overwritten. */
type SegmentScore = (x: Float64Array, y: Float64Array) => number;

function meanOverSegments(
  reference: Float32Array,
  estimate: Float32Array,
  sampleRate: number,
  score: SegmentScore,
): number {
  checkPair(reference, estimate);
  checkRate(sampleRate);
  const speech = withoutSilence(resample(reference, sampleRate, rate), resample(estimate, sampleRate, rate));
  const [x, y] = speech.map(envelopes);
  const frames = x!.length / bandCount;
  if (frames < segmentFrames) return Number.NaN;
  let sum = 0;
  for (let first = 0; first + segmentFrames <= frames; first++) {
    sum += score(segment(x!, first), segment(y!, first));
  }
  return sum / (frames - segmentFrames + 1);
}

/** Drops the frames where the reference is 40 dB under its loudest frame, from both, and joins the rest. */
function withoutSilence(x: Float64Array, y: Float64Array): [Float64Array, Float64Array] {
  const window = innerHann(frameLength);
  const starts = frameStarts(x.length);
  const energies = starts.map(
    (start) => 20 * Math.log10(Math.sqrt(frameEnergy(x, start, window)) + Number.EPSILON),
  );
  const loudest = energies.reduce((most, energy) => Math.max(most, energy), Number.NEGATIVE_INFINITY);
  const kept = starts.filter((_, i) => loudest - dynamicRange - energies[i]! < 0);
  return [overlapAdd(x, kept, window), overlapAdd(y, kept, window)];
}

// A frame that ends exactly with the signal is left out, as in the authors' program.
function frameStarts(length: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((length - frameLength) / hop)) }, (_, i) => i * hop);
}

function frameEnergy(samples: Float64Array, start: number, window: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < frameLength; i++) sum += (samples[start + i]! * window[i]!) ** 2;
  return sum;
}

function overlapAdd(samples: Float64Array, starts: number[], window: Float64Array): Float64Array {
  const out = new Float64Array(starts.length === 0 ? 0 : (starts.length - 1) * hop + frameLength);
  for (const [frame, start] of starts.entries()) {
    for (let i = 0; i < frameLength; i++) out[frame * hop + i]! += samples[start + i]! * window[i]!;
  }
  return out;
}

/** Third-octave band magnitudes, [frames, bandCount]. */
function envelopes(samples: Float64Array): Float64Array {
  const starts = frameStarts(samples.length);
  const out = new Float64Array(starts.length * bandCount);
  const transform = powerSpectrum(innerHann(frameLength), fftSize);
  const power = new Float64Array(fftSize / 2 + 1);
  for (const [frame, start] of starts.entries()) {
    transform(samples, start, power);
    for (let band = 0; band < bandCount; band++) {
      let sum = 0;
      for (let k = bandEdge(2 * band - 1); k < bandEdge(2 * band + 1); k++) sum += power[k]!;
      out[frame * bandCount + band] = Math.sqrt(sum);
    }
  }
  return out;
}

/** The bin nearest to the edge that lies `sixths` of an octave above the lowest centre. */
function bandEdge(sixths: number): number {
  return Math.round((lowestCentre * 2 ** (sixths / 6) * fftSize) / rate);
}

/** Turns [frames, bands] from frame `first` into [bands, segmentFrames]. */
function segment(envelope: Float64Array, first: number): Float64Array {
  return Float64Array.from(
    { length: bandCount * segmentFrames },
    (_, i) => envelope[(first + (i % segmentFrames)) * bandCount + Math.floor(i / segmentFrames)]!,
  );
}

/** Equations 2-5: scale the estimate to the reference's energy, clip at -15 dB, correlate, mean over bands. */
function envelopeCorrelation(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let band = 0; band < bandCount; band++) {
    const a = x.subarray(band * segmentFrames, (band + 1) * segmentFrames);
    const b = y.subarray(band * segmentFrames, (band + 1) * segmentFrames);
    const scale = norm(a) / (norm(b) + Number.EPSILON);
    for (let i = 0; i < segmentFrames; i++) b[i] = Math.min(b[i]! * scale, a[i]! * clip);
    normalize(a, 0, 1, segmentFrames);
    normalize(b, 0, 1, segmentFrames);
    sum += dot(a, b);
  }
  return sum / bandCount;
}

/** Normalize rows (bands over time), then columns (one frame's bands); the mean of the columns' products. */
function columnCorrelation(x: Float64Array, y: Float64Array): number {
  for (const segment of [x, y]) {
    for (let band = 0; band < bandCount; band++) normalize(segment, band * segmentFrames, 1, segmentFrames);
    for (let frame = 0; frame < segmentFrames; frame++) normalize(segment, frame, segmentFrames, bandCount);
  }
  return dot(x, y) / segmentFrames;
}

/** Removes the mean of a strided run and scales it to norm 1; a constant run becomes zeros. */
function normalize(values: Float64Array, first: number, stride: number, count: number): void {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[first + i * stride]! / count;
  let energy = 0;
  for (let i = 0; i < count; i++) {
    values[first + i * stride]! -= mean;
    energy += values[first + i * stride]! ** 2;
  }
  const scale = 1 / (Math.sqrt(energy) + Number.EPSILON);
  for (let i = 0; i < count; i++) values[first + i * stride]! *= scale;
}

function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
