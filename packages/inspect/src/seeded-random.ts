/** Uniform in 0 <= x < 1, the same for a seed on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `wanted` numbers out of 0 .. count - 1, rising, one from each of as many equal parts; all where there are no more. */
export function spreadSample(count: number, wanted: number, random: () => number): number[] {
  if (wanted >= count) return Array.from({ length: count }, (_, at) => at);
  const part = count / wanted;
  return Array.from({ length: wanted }, (_, at) => Math.min(count - 1, Math.floor((at + random()) * part)));
}
