import {
  abs,
  add,
  concat,
  log,
  matmul,
  max,
  mean,
  mul,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { type FrameTransform, frameTransform, matrix } from "./transform.js";

/** One resolution of the multi-scale mel loss; the hop is a quarter of the window. */
export type MelScale = { window: number; mels: number };

/** The scales of the shipped recipes. */
export const melScales: readonly MelScale[] = [
  { window: 128, mels: 20 },
  { window: 256, mels: 40 },
  { window: 512, mels: 64 },
  { window: 1024, mels: 80 },
  { window: 2048, mels: 128 },
];

// Keeps the logarithm and the root's gradient finite in silence.
const magnitudeFloor = 1e-5;
const powerFloor = 1e-9;

/**
 * Mean absolute difference of log10 mel spectra, mean over scales: the mel term of HiFi-GAN (Kong et
 * al. 2020, eq. 6) over several windows, as in DAC (Kumar et al. 2023).
 *
 * reference, estimate  samples [B, S]; S a multiple of a quarter of every window and no shorter than one
 * returns              a scalar
 */
export function melLoss(
  reference: Tensor,
  estimate: Tensor,
  sampleRate: number,
  scales: readonly MelScale[] = melScales,
): Tensor {
  const terms = scales.map(({ window, mels }) => {
    const transform = frameTransform(window);
    const bank = placedBank(transform, mels, sampleRate);
    return mean(abs(sub(logMel(estimate, transform, bank), logMel(reference, transform, bank))));
  });
  return mul(
    terms.reduce((a, b) => add(a, b)),
    1 / terms.length,
  );
}

function logMel(samples: Tensor, transform: FrameTransform, bank: Tensor): Tensor {
  const [batch, length] = samples.shape as [number, number];
  const hop = transform.window / 4;
  const hops = reshape(samples, [batch, length / hop, hop]);
  const { real, imaginary } = transform.apply(hops, overlapFour);
  const magnitude = sqrt(add(add(square(real), square(imaginary)), powerFloor));
  const mels = sum(matmul(magnitude, bank), [0]);
  return mul(log(max(mels, magnitudeFloor)), Math.LOG10E);
}

// Four hops make a window; they are joined on the last axis.
function overlapFour(hops: Tensor): Tensor {
  const frames = hops.shape[1]! - 3;
  return concat(
    [0, 1, 2, 3].map((shift) => slice(hops, 1, shift, shift + frames)),
    -1,
  );
}

/** Triangular filters of area-normalised height (Slaney's scale), their rows in the transform's order of bins. */
function placedBank({ window, bins, groups }: FrameTransform, mels: number, sampleRate: number): Tensor {
  const bank = melFilters(window, mels, sampleRate);
  const perGroup = bins.length / groups;
  return matrix([groups, perGroup, mels], (group, place, mel) => {
    const bin = bins[group! * perGroup + place!]!;
    return bin < 0 ? 0 : bank[mel!]![bin]!;
  });
}

/** Filters [mels][window / 2 + 1] between 0 and half the sample rate, Slaney's mel scale and normalisation. */
export function melFilters(window: number, mels: number, sampleRate: number): Float64Array[] {
  const top = toMel(sampleRate / 2);
  const edges = Array.from({ length: mels + 2 }, (_, i) => toHertz((top * i) / (mels + 1)));
  return Array.from({ length: mels }, (_, mel) => {
    const [low, center, high] = edges.slice(mel, mel + 3) as [number, number, number];
    return Float64Array.from({ length: window / 2 + 1 }, (_, bin) => {
      const frequency = (bin * sampleRate) / window;
      const rise = (frequency - low) / (center - low);
      const fall = (high - frequency) / (high - center);
      return (Math.max(0, Math.min(rise, fall)) * 2) / (high - low);
    });
  });
}

// Linear up to 1 kHz, logarithmic above: 27 steps for a factor of 6.4 (Slaney's Auditory Toolbox, 1998).
const linearStep = 200 / 3;
const knee = 1000 / linearStep;
const logStep = Math.log(6.4) / 27;

function toMel(hertz: number): number {
  return hertz < 1000 ? hertz / linearStep : knee + Math.log(hertz / 1000) / logStep;
}

function toHertz(mel: number): number {
  return mel < knee ? mel * linearStep : 1000 * Math.exp(logStep * (mel - knee));
}
