import { add, constant, mul, type Tensor } from "@nacre/graph";
import type { Model, NetworkModel } from "./model.js";
import type { PictureModel } from "./picture/picture-model.js";
import type { OpenQuantizer } from "./quantizers/quantizer-kind.js";

/**
 * A model that is looked into.
 *
 * without        content layers, from 0, that add nothing to the latent
 * encoderBlocks  blocks of the encoder that are run, from the first; the later ones are passed over
 * decoderBlocks  the same of the decoder
 */
export type ModelVariant = { without?: readonly number[]; encoderBlocks?: number; decoderBlocks?: number };

/**
 * A model that encodes, or decodes its own files, otherwise: for inspection, as `codec` and not another network or quantizer does
 * the decoding. Its codes, its name and its decode hash stay those of the model.
 *
 * variant  counts of blocks at most those of the model (see encoderBlocks, decoderBlocks); a network that has no such
 *          blocks stays whole
 */
export function modelVariant(model: NetworkModel, variant: ModelVariant): NetworkModel;
export function modelVariant(model: PictureModel, variant: ModelVariant): PictureModel;
export function modelVariant(
  model: NetworkModel | PictureModel,
  variant: ModelVariant,
): NetworkModel | PictureModel {
  const quantizer = variant.without?.length ? lacking(model.quantizer, variant.without) : model.quantizer;
  const { encoderBlocks: first, decoderBlocks: last } = variant;
  return model.medium === "audio"
    ? {
        ...{ ...model, quantizer },
        encoder: shortened(model.encoder, first),
        decoder: shortened(model.decoder, last),
      }
    : {
        ...{ ...model, quantizer },
        encoder: shortened(model.encoder, first),
        decoder: shortened(model.decoder, last),
      };
}

/** Blocks of the encoder that can be left out; undefined for an encoder that has none of one shape. */
export function encoderBlocks(model: Model | PictureModel): number | undefined {
  return "encoder" in model ? model.encoder.network.blocks?.count(model.encoder.config) : undefined;
}

/** Blocks of the decoder that can be left out; undefined for a decoder that has none of one shape. */
export function decoderBlocks(model: Model | PictureModel): number | undefined {
  return "decoder" in model ? model.decoder.network.blocks?.count(model.decoder.config) : undefined;
}

type Part = { network: { blocks?: { first(config: unknown, count: number): unknown } }; config: unknown };

function shortened<P extends Part>(part: P, count: number | undefined): P {
  const { network, config } = part;
  return count === undefined || !network.blocks
    ? part
    : { ...part, config: network.blocks.first(config, count) };
}

/** A quantizer whose sums leave some layers out, in both forms. */
function lacking(quantizer: OpenQuantizer, without: readonly number[]): OpenQuantizer {
  const sizes = quantizer.alphabets.flatMap((places, layer) =>
    places.map((unused) => ({ unused, kept: without.includes(layer) ? 0 : 1 })),
  );
  const row = (of: (size: (typeof sizes)[number]) => number) =>
    constant(Int32Array.from(sizes, of), [1, sizes.length]);
  return {
    ...quantizer,
    // The code of a layer that is not used: see OpenQuantizer.decode.
    decode: (codes: Tensor) =>
      quantizer.decode(
        add(
          mul(
            codes,
            row(({ kept }) => kept),
          ),
          row(({ unused, kept }) => (1 - kept) * unused),
        ),
      ),
    dequantize(codes) {
      const sum = quantizer.dequantize(codes).slice();
      for (const layer of without) {
        if (layer >= codes.length) continue;
        for (const [at, value] of layerPart(quantizer, codes, layer).entries()) sum[at]! -= value;
      }
      return sum;
    },
  };
}

/** What one layer adds to the sum of those before it. codes [layer], of all layers up to that one at least */
export function layerPart(
  { dequantize }: Pick<OpenQuantizer, "dequantize">,
  codes: readonly Int32Array[],
  layer: number,
): Float32Array {
  const upTo = dequantize(codes.slice(0, layer + 1)).slice();
  if (layer === 0) return upTo;
  const before = dequantize(codes.slice(0, layer));
  return upTo.map((value, at) => value - before[at]!);
}
