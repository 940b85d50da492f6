import type { Random } from "../random.js";
import { lowPassed, telephoned } from "./bands.js";
import { noiseOf } from "./noise.js";
import { powerOf, scaleTo } from "./power.js";

/** Least and most; what is drawn lies evenly between. */
export type Range = readonly [least: number, most: number];

/**
 * What happens to crops of training sound before their gain is drawn, each part with its own chance
 * (0 .. 1) and independently of the others, in this order. A part that is absent never happens.
 */
export type Augmentation = {
  /** A second crop is added: level dB against the first, in power. */
  mix?: { chance: number; level: Range };
  /** White or pink noise is added, one as likely as the other: the sound lies snr dB above it, in power. */
  noise?: { chance: number; snr: Range };
  /** Nothing is left above one of the cut-offs; hertz, whole numbers. */
  lowPass?: { chance: number; cutoffs: readonly number[] };
  /** The band of a telephone is left, 300 to 3400 Hz. */
  telephone?: { chance: number };
};

/**
 * Changes a crop in place. What is drawn depends on `random` alone.
 *
 * another  gives a second crop, drawn by the same numbers; valid until it is called again
 */
export function augment(
  crop: Float32Array,
  { mix, noise, lowPass, telephone }: Augmentation,
  sampleRate: number,
  random: Random,
  another: (random: Random) => Float32Array,
): void {
  if (happens(mix, random)) add(crop, another(random), drawn(mix.level, random));
  if (happens(noise, random)) {
    const color = random() < 0.5 ? "white" : "pink";
    add(crop, noiseOf(color, crop.length, sampleRate, random), -drawn(noise.snr, random));
  }
  if (happens(lowPass, random)) {
    const { cutoffs } = lowPass;
    crop.set(lowPassed(crop, sampleRate, cutoffs[Math.floor(random() * cutoffs.length)]!));
  }
  if (happens(telephone, random)) crop.set(telephoned(crop, sampleRate));
}

function happens<Part extends { chance: number }>(part: Part | undefined, random: Random): part is Part {
  return part !== undefined && random() < part.chance;
}

function drawn([least, most]: Range, random: Random): number {
  return least + (most - least) * random();
}

// A level means nothing where either of the two is silent.
function add(crop: Float32Array, other: Float32Array, decibels: number): void {
  const factor = scaleTo(powerOf(other), powerOf(crop), decibels);
  for (let i = 0; i < crop.length; i++) crop[i]! += factor * other[i]!;
}
