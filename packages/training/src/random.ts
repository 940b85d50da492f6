/** Even numbers over 0 <= x < 1. */
export type Random = () => number;

/** A stream that depends on all keys; equal keys give equal streams on any machine. */
export function randomFor(...keys: number[]): Random {
  let state = keys.reduce((hash, key) => mix(hash ^ mix(key | 0)), 0x9e3779b9 | 0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 2 ** 32;
  };
}

// The finalizer of MurmurHash3 (Appleby 2011): every input bit reaches every output bit.
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
