/** Numbers for tests, the same on every machine, and how far two lists of them are apart. */

/** Uniform numbers from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Nearly normal numbers of unit variance: a sum of twelve uniform ones. */
export function normalArray(random: () => number, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => {
    let total = -6;
    for (let i = 0; i < 12; i++) total += random();
    return total * scale;
  });
}

/** Numbers without structure, about -1 .. 1, the same on every machine. */
export function noise(length: number, seed = 1): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Largest distance between two arrays; endless when lengths differ or a value is not a number. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i += 1) {
    const gap = Math.abs(a[i]! - b[i]!);
    most = Math.max(most, Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap);
  }
  return most;
}
