import { cast, constant } from "@nacre/graph";
import { createResidualVectorQuantizer, dequantizeGraph, residualVectorInference } from "@nacre/quantizer";
import { z } from "zod";
import type { QuantizerKind } from "./quantizer-kind.js";

const schema = z.object({
  kind: z.literal("residual-vector"),
  layers: z.int().min(1).max(64),
  entries: z.int().min(2).max(65_536),
  dimension: z.int().min(1).max(4096),
});

/** A stack of codebooks: one code per layer and frame, named after the nearest entry. */
export const residualVector: QuantizerKind<typeof schema> = {
  kind: "residual-vector",
  schema,
  tensors: ({ layers, entries, dimension }) => [
    { name: "quantizer.codebooks", shape: [layers, entries, dimension] },
  ],
  open({ layers, entries, dimension }, [codebooks]) {
    const shape = [layers, entries, dimension];
    // One entry more, of zeros, is the code of a layer that is not used: adding it changes nothing.
    const padded = withZeroEntry(codebooks!, entries * dimension, dimension);
    return {
      layers,
      dimension,
      alphabets: Array.from({ length: layers }, () => [entries]),
      encode: (rows) => cast(residualVectorInference(rows, constant(codebooks!, shape)).codes, "int32"),
      decode: (codes) => dequantizeGraph(codes, constant(padded, [layers, entries + 1, dimension]), layers),
      target: (latent) => latent,
      dequantize: (codes) =>
        createResidualVectorQuantizer({
          codebooks: perLayer(codebooks!, entries * dimension),
          entries,
          dimension,
        }).dequantize(codes),
    };
  },
};

function withZeroEntry(codebooks: Float32Array, size: number, dimension: number): Float32Array {
  const books = perLayer(codebooks, size);
  const padded = new Float32Array(codebooks.length + books.length * dimension);
  for (const [layer, book] of books.entries()) padded.set(book, layer * (size + dimension));
  return padded;
}

function perLayer(codebooks: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: codebooks.length / size }, (_, layer) =>
    codebooks.subarray(layer * size, (layer + 1) * size),
  );
}
