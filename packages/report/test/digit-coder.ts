import { inspectLayers, type LayerCodes } from "@nacre/inspect";
import type { Audio } from "@nacre/signal";
import type { TripCoder } from "../src/round-trip/trip-medium.js";

const layerCount = 5;

/** A whole codec of mono sounds at 8 kHz: each layer is one more digit of base 4 of every sample, a byte a digit. */
export const digitCoder: TripCoder<Audio> = {
  model: { id: "digits@1", version: 1, decodeHash: "00000000000d1917" },
  async encode({ channels }) {
    const [samples] = channels;
    const file = new Uint8Array(1 + layerCount * samples!.length);
    file[0] = layerCount;
    for (let k = 0; k < layerCount; k++) {
      file.set(
        samples!.map((x) => ((Math.floor(x * 4 ** (k + 1)) % 4) + 4) % 4),
        1 + k * samples!.length,
      );
    }
    return file;
  },
  trim: (file, k) => Uint8Array.of(k, ...file.subarray(1, 1 + k * lengthOf(file))),
  decode: async (file, k = file[0]!) => decoded(file, k),
  codes: async (file) => codesOf(file),
  layers: (file, original) =>
    inspectLayers({
      ...{ model: "digits@1", medium: "audio", sampleRate: 8000, original, layers: codesOf(file) },
      bytesPerLayer: Array.from({ length: file[0]! }, () => lengthOf(file)),
      ...{ containerBytes: 1, duration: lengthOf(file) / 8000 },
      decode: async (k) => decoded(file, k),
    }),
};

function lengthOf(file: Uint8Array): number {
  return (file.length - 1) / file[0]!;
}

function digits(file: Uint8Array, k: number): Uint8Array {
  return file.subarray(1 + k * lengthOf(file), 1 + (k + 1) * lengthOf(file));
}

/** Samples 0 <= x < 1 from their first k digits, in the middle of what they leave open. */
function decoded(file: Uint8Array, k: number): Audio {
  const samples = new Float32Array(lengthOf(file)).fill(0.5 / 4 ** k);
  for (let layer = 0; layer < k; layer++) {
    for (const [i, digit] of digits(file, layer).entries()) samples[i]! += digit / 4 ** (layer + 1);
  }
  return { sampleRate: 8000, channels: [samples] };
}

function codesOf(file: Uint8Array): LayerCodes[][] {
  return Array.from({ length: file[0]! }, (_, k) => [
    {
      ...{ role: "content" as const, grid: [lengthOf(file)], stride: [1], alphabet: 4 },
      data: Int32Array.from(digits(file, k)),
    },
  ]);
}
