/** The coder once more, in BigInt and by linear search: slow, plain, written from the papers' formulas. */
export function referenceEncode(symbols: number[], frequencies: number[]): number[] {
  const tail: bigint[] = [];
  let x = 1n;
  for (const symbol of symbols.toReversed()) {
    const f = BigInt(frequencies[symbol]!);
    const c = frequencies.slice(0, symbol).reduce((sum, one) => sum + BigInt(one), 0n);
    // The state after this symbol must stay below 2^32: C(s, x) = floor(x/f) M + c + x mod f.
    while ((x / f) * 65536n + c + (x % f) >= 1n << 32n) {
      tail.unshift(x & 255n);
      x >>= 8n;
    }
    x = (x / f) * 65536n + c + (x % f);
  }
  if (x === 1n && tail.length === 0) return [];
  const head: bigint[] = [];
  for (; x > 0n; x >>= 8n) head.unshift(x & 255n);
  return [...head, ...tail].map(Number);
}

export function referenceDecode(bytes: Uint8Array, count: number, frequencies: number[]): number[] {
  const queue = [...bytes].map(BigInt);
  let x = queue.splice(0, 4).reduce((state, byte) => (state << 8n) | byte, 0n) || 1n;
  return Array.from({ length: count }, () => {
    let symbol = 0;
    let c = 0n;
    while (c + BigInt(frequencies[symbol]!) <= x % 65536n) c += BigInt(frequencies[symbol++]!);
    x = BigInt(frequencies[symbol]!) * (x >> 16n) + (x % 65536n) - c;
    while (x < 1n << 24n && queue.length > 0) x = (x << 8n) | queue.shift()!;
    return symbol;
  });
}

/** Seeded uniform numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
