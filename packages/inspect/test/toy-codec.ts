import type { Audio } from "@nacre/signal";
import type { LayerCodes, SoundSubject } from "../src/index.js";

// A codec small enough to be checked by eye: frames of 16 samples, an orthonormal cosine transform as encoder and
// decoder, and layers that each quantize what the layers before left, with a step eight times finer.
const size = 16;
const alphabet = 9;
const steps = [0.5, 0.0625, 0.0078125];
const basis = Array.from({ length: size }, (_, k) =>
  Array.from(
    { length: size },
    (_, n) => Math.sqrt((k === 0 ? 1 : 2) / size) * Math.cos((Math.PI * k * (2 * n + 1)) / (2 * size)),
  ),
);

/** A subject with one side layer and three content layers; each byte count is made up. */
export function toySubject(original: Audio, parts: Partial<SoundSubject> = {}): SoundSubject {
  const latents = original.channels.map((samples) => forward(samples));
  const chains = latents.map(quantize);
  const frames = latents[0]!.length / size;
  const side: LayerCodes[] = latents.map(() => ({
    role: "side",
    grid: [1],
    stride: [frames],
    alphabet: 4,
    data: Int32Array.of(2),
  }));
  const content = steps.map((_, layer) =>
    chains.map(
      ({ codes }): LayerCodes => ({
        role: "content",
        grid: [frames, size],
        stride: [1, 1],
        alphabet,
        data: codes[layer]!,
      }),
    ),
  );
  return {
    model: "toy@1",
    medium: "audio",
    sampleRate: original.sampleRate,
    original,
    layers: [side, ...content],
    bytesPerLayer: [1, 1000, 1500, 2000],
    containerBytes: 60,
    duration: original.channels[0]!.length / original.sampleRate,
    decode: async (k) => ({
      sampleRate: original.sampleRate,
      channels: chains.map(({ sums }, c) => inverse(sums[k - 1]!, original.channels[c]!.length)),
    }),
    latents: async (c) => ({
      latent: latents[c]!,
      prefixes: (k) => chains[c]!.sums[k - 1]!,
      dimension: size,
    }),
    ...parts,
  };
}

function quantize(latent: Float32Array): { codes: Int32Array[]; sums: Float32Array[] } {
  let sum = new Float32Array(latent.length);
  const codes: Int32Array[] = [];
  const sums = steps.map((step) => {
    const half = (alphabet - 1) / 2;
    const layer = Int32Array.from(
      latent,
      (z, i) => Math.max(-half, Math.min(half, Math.round((z - sum[i]!) / step))) + half,
    );
    codes.push(layer);
    sum = sum.map((value, i) => value + (layer[i]! - half) * step);
    return sum;
  });
  return { codes, sums };
}

function forward(samples: Float32Array): Float32Array {
  const frames = Math.ceil(samples.length / size);
  return Float32Array.from({ length: frames * size }, (_, i) => {
    const start = Math.floor(i / size) * size;
    return basis[i % size]!.reduce((sum, b, n) => sum + b * (samples[start + n] ?? 0), 0);
  });
}

function inverse(latent: Float32Array, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const start = Math.floor(i / size) * size;
    return basis.reduce((sum, row, k) => sum + row[i % size]! * latent[start + k]!, 0);
  });
}
