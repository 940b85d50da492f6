/** Noise that every language can repeat: a 32-bit linear congruence, its high 24 bits as -1 .. 1. */
export function noise(length: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

/** A voice-like test signal: harmonics of 120 Hz that rise and fall, pauses, and a little noise. */
export function speechLike(seconds: number, sampleRate: number, seed = 1): Float32Array {
  const hiss = noise(seconds * sampleRate, seed);
  return Float32Array.from(hiss, (h, i) => {
    const t = i / sampleRate;
    let tone = 0;
    for (let k = 1; k <= 20; k++) tone += Math.sin(2 * Math.PI * 120 * k * t + k * k) / k;
    const syllables = Math.max(0, Math.sin(2 * Math.PI * 2.3 * t)) ** 2;
    return 0.2 * syllables * (tone + 0.5 * h) * (1 + 0.5 * Math.sin(2 * Math.PI * 5.1 * t));
  });
}

/** The signal with noise of the given amplitude. */
export function degraded(clean: Float32Array, amplitude: number, seed = 2): Float32Array {
  const hiss = noise(clean.length, seed);
  return clean.map((value, i) => value + amplitude * hiss[i]!);
}
