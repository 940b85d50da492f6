import { layerBytes, readStream } from "@nacre/bitstream";
import { type Codec, fileCodes, type LayerCodes } from "@nacre/codec";
import type { InspectSubject } from "@nacre/inspect";
import { resample } from "@nacre/media";
import type { Audio } from "@nacre/signal";

/** A file as inspection sees it; all work is done by the codec's own functions. */
export async function subjectOf(
  codec: Codec,
  file: Uint8Array,
  original: Audio | undefined,
  decode: (file: Uint8Array, options: { layers: number }) => Promise<Audio>,
): Promise<InspectSubject> {
  const { header, length } = readStream(file);
  const { layers: bytesPerLayer, container } = layerBytes(file);
  const layers = fileCodes(codec.model, file);
  return {
    model: header.model,
    medium: "audio",
    sampleRate: header.sampleRate,
    layers,
    bytesPerLayer,
    containerBytes: container,
    duration: length / header.sampleRate,
    decode: (k) => decode(file, { layers: k }),
    ...(original
      ? { original, latents: (channel: number) => latentsOf(codec, original, layers, channel) }
      : {}),
  };
}

async function latentsOf(codec: Codec, original: Audio, layers: LayerCodes[][], channel: number) {
  const { dimension, entries } = codec.model.config.quantizer;
  const { codebooks, sampleRate } = codec.model;
  const [samples] = resample({ ...original, channels: [original.channels[channel]!] }, sampleRate).channels;
  const latent = await codec.latent(samples!);
  const prefixes = (k: number) => {
    const sum = new Float32Array(latent.length);
    for (let layer = 0; layer < k; layer++) {
      layers[layer]![channel]!.data.forEach((code, frame) => {
        const entry = (layer * entries + code) * dimension;
        for (let d = 0; d < dimension; d++) sum[frame * dimension + d]! += codebooks[entry + d]!;
      });
    }
    return sum;
  };
  return { latent, prefixes, dimension };
}
