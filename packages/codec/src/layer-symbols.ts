import { decodeSymbols, encodeSymbols, type SymbolTable, type TableAt } from "@nacre/entropy";
import { NacreError } from "@nacre/errors";
import type { Model } from "./model.js";

/** Codes that a layer has per frame: the places of its table. */
export function codesPerFrame({ quantizer }: Model): number {
  return quantizer.alphabets[0]!.length;
}

/** Frames from one code of a layer to its next. */
export function strideOf({ quantizer }: Model, layer: number): number {
  return quantizer.strides?.[layer] ?? 1;
}

/** Codes of one layer of one channel [frames / stride, codes per frame] as the bytes of a chunk's section. */
export function encodeLayer(model: Model, layer: number, codes: Int32Array): Uint8Array {
  return encodeSymbols(codes, tableOf(model, layer));
}

/**
 * The codes of a chunk's section.
 *
 * throws NacreError "bitstream" when the bytes are not those of so many codes
 */
export function decodeLayer(model: Model, layer: number, section: Uint8Array, frames: number): Int32Array {
  const count = (frames / strideOf(model, layer)) * codesPerFrame(model);
  if (!Number.isInteger(count)) throw brokenChunk(model, frames);
  return decodeSymbols(section, count, tableOf(model, layer));
}

function brokenChunk(model: Model, frames: number): NacreError {
  return new NacreError("bitstream", {
    found: `a chunk of ${frames} frames`,
    expected: `a multiple of ${model.framesTogether}, as ${model.id} codes them`,
    mend: "get the file again",
  });
}

/** Bits of each code of a layer by the table that it is coded with, 16 - log2(frequency). */
export function layerCodeBits(model: Model, layer: number, codes: Int32Array): Float64Array {
  const places = codesPerFrame(model);
  const lengths = Array.from({ length: places }, (_, place) =>
    Float64Array.from(
      model.tables[layer * places + place]!.frequencies,
      (frequency) => 16 - Math.log2(frequency),
    ),
  );
  return Float64Array.from(codes, (code, at) => lengths[at % places]![code]!);
}

// Finite scalars have a table per place, taken in turn: one coder, and one start of it, for all of them.
function tableOf(model: Model, layer: number): SymbolTable | TableAt {
  const places = codesPerFrame(model);
  const first = layer * places;
  if (places === 1) return model.tables[first]!;
  return (position) => model.tables[first + (position % places)]!;
}
