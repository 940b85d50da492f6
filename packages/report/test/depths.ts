import { type BitMap, inspectLayers, type PictureSubject } from "@nacre/inspect";
import type { Picture } from "@nacre/signal";

/** Slow waves in three colours. */
export function waves(width: number, height: number): Picture {
  const planes = [0, 1, 2].map((c) =>
    Uint8Array.from({ length: width * height }, (_, at) =>
      Math.round(127 + 100 * Math.sin((at % width) / (9 + c)) * Math.cos(Math.floor(at / width) / 11)),
    ),
  );
  return { width, height, colour: "rgb", bitDepth: 8, planes };
}

/** A page's worth of example: layer 1 has three bits of every sample, layer 2 two more. */
export async function depthsExample(original: Picture) {
  const { width, height } = original;
  const kept = [5, 3];
  const decoded = kept.map((shift) => ({
    ...original,
    planes: original.planes.map((plane) =>
      plane.map((value) => ((value >> shift) << shift) + (1 << (shift - 1))),
    ),
  }));
  const codes = kept.map((shift, layer) =>
    Int32Array.from(
      original.planes.flatMap((plane) => [...plane]),
      (value) => (layer === 0 ? value >> shift : (value >> shift) & 3),
    ),
  );
  const maps: BitMap[] = [3, 2].map((bits) => ({
    ...{ rows: height / 16, columns: width / 16, side: 16 },
    bits: Float32Array.from({ length: (width * height) / 256 }, (_, at) => bits * 256 * (1 + (at % 2))),
  }));
  const subject: PictureSubject = {
    ...{ model: "depths@1", medium: "image", width, height, colour: "rgb", bitDepth: 8, original },
    layers: codes.map((data, layer) => [
      { role: "content", grid: [height, width, 3], stride: [1, 1, 1], alphabet: layer === 0 ? 8 : 4, data },
    ]),
    bytesPerLayer: [3000, 2000],
    containerBytes: 50,
    decode: async (k) => decoded[k - 1]!,
    bitMap: (layer) => maps[layer]!,
  };
  const report = await inspectLayers(subject);
  const prefixes = decoded.map((picture, i) => ({ layers: i + 1, picture }));
  return { report, subject, original, prefixes, maps };
}
