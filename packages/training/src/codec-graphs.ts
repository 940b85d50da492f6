import type { Parameters } from "@nacre/blocks";
import { type OpenQuantizer, openQuantizer, quantizerTensors } from "@nacre/codec";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import { concat, constant, reshape, slice, type Tensor } from "@nacre/graph";
import type { Weights } from "./plan.js";
import { trainingOf } from "./quantizers/quantizers.js";
import type { Recipe } from "./recipes/recipe.js";
import { parameterSpecs } from "./state.js";

/**
 * What a model makes of sounds of one length, as tensors.
 *
 * latent   [N, D] of the N frames of all items
 * codes    int32 [N, L * P]
 * decoded  [items, samples] of the first `layers` layers, 1 .. L
 */
export type CodecGraphs = {
  quantizer: OpenQuantizer;
  latent: Tensor;
  codes: Tensor;
  decoded(layers: number): Tensor;
};

/** The very graphs that the codec will run, weights baked in. audio [items, samples], whole frames each */
export function codecGraphs(recipe: Recipe, { parameters }: Weights, audio: Tensor): CodecGraphs {
  const { encoder, decoder } = recipe;
  const baked: Parameters = Object.fromEntries(
    parameterSpecs(recipe).map(({ name, shape }) => [name, constant(parameters[name]!, shape)]),
  );
  const config = trainingOf(recipe).config(recipe);
  const quantizer = openQuantizer(
    config,
    quantizerTensors(config).map(({ name }) => parameters[name]!),
  );
  const frames = spectralEncoder.forward(encoder, baked, audio);
  const [items, count] = frames.shape as [number, number];
  const latent = reshape(frames, [items * count, encoder.latentDim]);
  const codes = quantizer.encode(latent);
  return {
    quantizer,
    latent,
    codes,
    decoded: (layers) => {
      const quantized = reshape(quantizer.decode(firstLayers(codes, quantizer, layers)), frames.shape);
      return spectralDecoder.forward(decoder, baked, quantized);
    },
  };
}

/** Codes [N, L * P] with those above `layers` standing for layers that are not used. */
function firstLayers(codes: Tensor, { alphabets }: OpenQuantizer, layers: number): Tensor {
  const unused = alphabets.slice(layers).flat();
  if (unused.length === 0) return codes;
  const [rows, places] = codes.shape as [number, number];
  const absent = Int32Array.from({ length: rows * unused.length }, (_, i) => unused[i % unused.length]!);
  const kept = slice(codes, 1, 0, places - unused.length);
  return concat([kept, constant(absent, [rows, unused.length])], 1);
}
