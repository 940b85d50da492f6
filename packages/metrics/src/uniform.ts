/**
 * Even numbers over 0 <= x < 1, the same on every machine (mulberry32). Several keys name a stream of their
 * own: a seed, a file, a layer.
 */
export function uniform(seed: number, ...keys: readonly number[]): () => number {
  let state = keys.reduce((hash, key) => mixed(hash ^ mixed(key + 1)), seed | 0) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// The finalizer of MurmurHash3 (Appleby 2011): neighbouring keys give streams that have nothing in common.
function mixed(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
