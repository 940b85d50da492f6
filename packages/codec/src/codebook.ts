import { layerPart } from "./model-variant.js";
import type { OpenQuantizer } from "./quantizers/quantizer-kind.js";

/**
 * Vectors that a layer's codes stand for.
 *
 * places     codes of a frame or position; the layer's vector is the sum of one entry of each
 * dimension  values of a vector
 * vectors    of a place, [entries, dimension]; with several places all of them share what the first codes of the
 *            other places add
 */
export type LayerCodebook = {
  places: number;
  dimension: number;
  vectors(place: number): Float32Array;
};

/** The codebook of a layer, counted from 0, of any kind of quantizer; made by dequantizing every code. */
export function layerCodebook(
  quantizer: OpenQuantizer & { strides?: readonly number[] },
  layer: number,
): LayerCodebook {
  const { dimension, alphabets, strides = [] } = quantizer;
  const sizes = alphabets[layer]!;
  // Frames that every code is held for: a multiple of what codes of any layer stand for.
  const held = strides.reduce((product, stride) => product * stride, 1);
  return {
    places: sizes.length,
    dimension,
    vectors(place) {
      const entries = sizes[place]!;
      const codes = Array.from({ length: layer + 1 }, (_, at) => {
        return new Int32Array(((entries * held) / (strides[at] ?? 1)) * sizes.length);
      });
      const times = held / (strides[layer] ?? 1);
      for (let row = 0; row < entries * times; row++) {
        codes[layer]![row * sizes.length + place] = Math.floor(row / times);
      }
      const part = layerPart(quantizer, codes, layer);
      const vectors = new Float32Array(entries * dimension);
      for (let code = 0; code < entries; code++) {
        const from = code * held * dimension;
        vectors.set(part.subarray(from, from + dimension), code * dimension);
      }
      return vectors;
    },
  };
}
