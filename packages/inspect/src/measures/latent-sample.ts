import { energies } from "../energy.js";
import { seededRandom, spreadSample } from "../seeded-random.js";
import type { InspectSubject } from "../subject.js";

/**
 * Rows of a latent and of the sums that approach it, drawn evenly over places and channels.
 *
 * latent    [rows, dimension]
 * prefixes  [content layers][rows, dimension], the sum of the first k + 1 layers
 */
export type LatentSample = {
  rows: number;
  dimension: number;
  latent: Float32Array;
  prefixes: Float32Array[];
};

/** What one pass over the latents of all channels gives. explained: energyExplained of each prefix. */
export type LatentPass = { explained: number[]; sample: LatentSample };

/** Rows that geometry is measured on, at most. */
export const sampledRows = 2048;

/**
 * Energy of every prefix, and a sample of rows. One channel's latent is held at a time.
 *
 * content, channels  counts of the subject
 */
export async function latentPass(
  subject: InspectSubject,
  content: number,
  channels: number,
  seed: number,
): Promise<LatentPass> {
  const random = seededRandom(seed);
  const [left, parts] = [
    new Float64Array(content),
    Array.from({ length: content + 1 }, () => [] as Float32Array[]),
  ];
  let [whole, dimension, rows] = [0, 1, 0];
  for (let channel = 0; channel < channels; channel++) {
    const given = await subject.latents!(channel);
    dimension = given.dimension;
    const places = spreadSample(given.latent.length / dimension, Math.ceil(sampledRows / channels), random);
    rows += places.length;
    parts[0]!.push(rowsOf(given.latent, places, dimension));
    for (let k = 1; k <= content; k++) {
      const sum = given.prefixes(k);
      const energy = energies(given.latent, sum);
      left[k - 1]! += energy.left;
      if (k === 1) whole += energy.whole;
      parts[k]!.push(rowsOf(sum, places, dimension));
    }
  }
  const [latent, ...prefixes] = parts.map((each) => joined(each, rows * dimension));
  return {
    explained: Array.from(left, (energy) => 1 - energy / whole),
    sample: { rows, dimension, latent: latent!, prefixes },
  };
}

/** a - b, element by element. */
export function difference(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, at) => value - b[at]!);
}

function rowsOf(values: Float32Array, places: readonly number[], dimension: number): Float32Array {
  const rows = new Float32Array(places.length * dimension);
  for (const [at, place] of places.entries()) {
    rows.set(values.subarray(place * dimension, (place + 1) * dimension), at * dimension);
  }
  return rows;
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const all = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
