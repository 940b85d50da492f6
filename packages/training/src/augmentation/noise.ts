import type { Random } from "../random.js";

/** Power even over frequency, or falling by 3 dB an octave. */
export type NoiseColor = "white" | "pink";

/** Noise of any level; white lies evenly in -1 .. 1. Pink is so from 20 Hz on. */
export function noiseOf(color: NoiseColor, length: number, sampleRate: number, random: Random): Float32Array {
  const noise = new Float32Array(length);
  for (let i = 0; i < length; i++) noise[i] = 2 * random() - 1;
  if (color === "pink") for (const section of sectionsFor(sampleRate)) filter(noise, section);
  return noise;
}

type Section = { pole: number; zero: number };

/**
 * Filters that turn white noise pink: a pole falls by 6 dB an octave until a zero an octave above ends it,
 * and the next pole an octave above that begins again, which is 3 dB on average: to one decibel from 20 Hz
 * to a third of the sample rate.
 */
function sectionsFor(sampleRate: number): Section[] {
  const sections: Section[] = [];
  const at = (hertz: number) => Math.exp((-2 * Math.PI * hertz) / sampleRate);
  for (let hertz = 5; hertz < sampleRate / 2; hertz *= 4) {
    sections.push({ pole: at(hertz), zero: at(2 * hertz) });
  }
  return sections;
}

function filter(samples: Float32Array, { pole, zero }: Section): void {
  let [before, out] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i]!;
    out = value - zero * before + pole * out;
    before = value;
    samples[i] = out;
  }
}
