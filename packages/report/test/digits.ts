import type { SoundSubject } from "@nacre/inspect";
import { inspectLayers } from "@nacre/inspect";
import type { Audio } from "@nacre/signal";

/** A page's worth of example: each layer is one more digit of base 4 of every sample. */
export async function digitsExample(original: Audio, layerCount: number, model = "digits@1") {
  const subject = digitsSubject(original, layerCount, model);
  const report = await inspectLayers(subject);
  const prefixes = await Promise.all(
    Array.from({ length: layerCount }, async (_, l) => ({
      layers: l + 1,
      audio: await subject.decode(l + 1),
    })),
  );
  return { report, original, prefixes };
}

/** What the example's report is made of. */
export function digitsSubject(original: Audio, layerCount: number, model = "digits@1"): SoundSubject {
  const decode = (k: number): Audio => ({
    sampleRate: original.sampleRate,
    channels: original.channels.map((samples) =>
      samples.map((x) => Math.floor(x * 4 ** k) / 4 ** k + 0.5 / 4 ** k),
    ),
  });
  const frames = original.channels[0]!.length;
  return {
    model,
    medium: "audio",
    sampleRate: original.sampleRate,
    original,
    layers: Array.from({ length: layerCount }, (_, l) =>
      original.channels.map((samples) => ({
        role: "content" as const,
        grid: [frames],
        stride: [1],
        alphabet: 4,
        data: Int32Array.from(samples, (x) => ((Math.floor(x * 4 ** (l + 1)) % 4) + 4) % 4),
      })),
    ),
    bytesPerLayer: Array.from({ length: layerCount }, (_, l) =>
      Math.round((frames / 4) * (1 - 0.5 / (l + 1))),
    ),
    containerBytes: 64,
    duration: frames / original.sampleRate,
    decode: async (k) => decode(k),
    latents: async (c) => ({
      latent: original.channels[c]!,
      prefixes: (k) => decode(k).channels[c]!,
      dimension: 1,
    }),
  };
}
