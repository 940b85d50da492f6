import type { Picture } from "@nacre/signal";
import type { LayerCodes, PictureSubject } from "../src/index.js";

/** Ridges and a little grain, the same on every machine; whole places of 2 x 2 pixels are of one value. */
export function ridges(width: number, height: number): Picture {
  const planes = [0, 1, 2].map((c) =>
    Uint8Array.from({ length: width * height }, (_, at) => {
      const [x, y] = [(at % width) >> 1, Math.floor(at / width) >> 1];
      return 16 + ((c * 37 + 5 * x + 3 * y * (x & 3)) % 224);
    }),
  );
  return { width, height, colour: "rgb", bitDepth: 8, planes };
}

/** A codec to be checked by eye: layer 1 has the upper four bits of each place's colours, layer 2 the lower four. */
export function toyPicture(original: Picture, parts: Partial<PictureSubject> = {}): PictureSubject {
  const { width, height } = original;
  const grid = [height / 2, width / 2, 3];
  const places = (height * width) / 4;
  const placed = (of: (value: number) => number) =>
    Int32Array.from({ length: 3 * places }, (_, at) => {
      const [place, c] = [Math.floor(at / 3), at % 3];
      const [x, y] = [place % (width / 2), Math.floor(place / (width / 2))];
      return of(original.planes[c]![2 * y * width + 2 * x]!);
    });
  const content = (data: Int32Array): LayerCodes => ({
    ...{ role: "content", grid, stride: [1, 1, 1], alphabet: 16, data },
  });
  const coarse = (value: number) => (value & 0xf0) + 8;
  return {
    ...{ model: "toy-picture@1", medium: "image", width, height, colour: "rgb", bitDepth: 8, original },
    layers: [
      [
        {
          role: "alpha",
          grid: [height, width],
          stride: [1, 1],
          alphabet: 256,
          data: new Int32Array(width * height),
        },
      ],
      [{ role: "side", grid: [1, 1, 1], stride: [height, width, 1], alphabet: 4, data: Int32Array.of(2) }],
      [content(placed((value) => value >> 4))],
      [content(placed((value) => value & 15))],
    ],
    bytesPerLayer: [2, 1, 900, 1100],
    containerBytes: 40,
    decode: async (k) =>
      k === 1 ? { ...original, planes: original.planes.map((plane) => plane.map(coarse)) } : original,
    latents: async () => ({
      latent: Float32Array.from(placed((value) => value)),
      prefixes: (k) => Float32Array.from(placed(k === 1 ? coarse : (value) => value)),
      dimension: 3,
    }),
    bitMap: (layer) => {
      const [rows, columns, side] =
        layer === 1 ? [1, 1, 2 * Math.max(height, width)] : [height / 2, width / 2, 2];
      return { rows, columns, side, bits: new Float32Array(rows * columns).fill(layer < 2 ? 0 : 12) };
    },
    ...parts,
  };
}
