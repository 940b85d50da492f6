import type { Clip, Corpus } from "@nacre/training";

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

/** Even numbers over -scale .. scale. */
export function noise(random: () => number, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => (2 * random() - 1) * scale);
}

/** A voice-like tone: falling harmonics of a wandering pitch, swelling in loudness, and some breath. */
export function tone(seed: number, length: number, sampleRate = 24_000): Float32Array {
  const random = seededRandom(seed);
  const pitch = 90 + 160 * random();
  let phase = 0;
  return Float32Array.from({ length }, (_, i) => {
    const time = i / sampleRate;
    phase += (2 * Math.PI * pitch * (1 + 0.05 * Math.sin(11 * time))) / sampleRate;
    const swell = 0.5 + 0.5 * Math.sin(7 * time + seed);
    const voice = [1, 2, 3, 5, 8].reduce((sum, k) => sum + Math.sin(k * phase) / k, 0);
    return 0.25 * swell * voice + 0.02 * (2 * random() - 1);
  });
}

/** A corpus in memory; reads are counted by clip in `reads`. */
export function memoryCorpus(
  sounds: readonly Float32Array[],
  { validation = 1, sampleRate = 24_000 } = {},
): Corpus & { reads: Map<Clip, number> } {
  const clips = sounds.map(({ length }, start) => ({ start, length }));
  const reads = new Map<Clip, number>();
  return {
    sampleRate,
    train: clips.slice(0, clips.length - validation),
    validation: clips.slice(clips.length - validation),
    sources: [],
    reads,
    read(clip, offset, into) {
      reads.set(clip, (reads.get(clip) ?? 0) + 1);
      into.fill(0);
      into.set(sounds[clip.start]!.subarray(offset, offset + into.length));
    },
    close() {},
  };
}

/** Four short tones, the last for validation. */
export function toneCorpus(): ReturnType<typeof memoryCorpus> {
  return memoryCorpus([1, 2, 3, 4].map((seed) => tone(seed, 12_000)));
}
