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
export function layerCodebook(quantizer: OpenQuantizer, layer: number): LayerCodebook {
  const { dimension, alphabets } = quantizer;
  const sizes = alphabets[layer]!;
  return {
    places: sizes.length,
    dimension,
    vectors(place) {
      const entries = sizes[place]!;
      const codes = Array.from({ length: layer + 1 }, () => new Int32Array(entries * sizes.length));
      for (let code = 0; code < entries; code++) codes[layer]![code * sizes.length + place] = code;
      return layerPart(quantizer, codes, layer);
    },
  };
}
