import { input, onnxModel } from "@nacre/graph";
import type { Runtime, SessionOptions } from "@nacre/runtime";
import { codecGraphs } from "./codec-graphs.js";
import type { Weights } from "./plan.js";
import type { Recipe } from "./recipes/recipe.js";

/**
 * What a model in training makes of sounds, all items together in order.
 *
 * target     [N * D], what the sum of the layers approaches
 * codes      [L] arrays [N * P]
 * quantized  [L] arrays [N * D], the sum of the first 1, 2 .. L layers
 * decoded    by number of layers, as asked for: [items * samples]
 */
export type Reconstruction = {
  target: Float32Array;
  codes: Int32Array[];
  quantized: Float32Array[];
  decoded: Map<number, Float32Array>;
};

/**
 * Codes sounds and decodes prefixes of their layers with the graphs of the codec.
 *
 * audio     [items * samples], whole frames each
 * prefixes  numbers of layers to decode, each 1 .. L
 */
export async function reconstruct(
  recipe: Recipe,
  weights: Weights,
  { audio, items, prefixes }: { audio: Float32Array; items: number; prefixes: readonly number[] },
  runtime: Runtime,
  options: SessionOptions = {},
): Promise<Reconstruction> {
  const shape = [items, audio.length / items];
  const sound = input("audio", "float32", shape);
  const { quantizer, latent, codes, decoded } = codecGraphs(recipe, weights, sound);
  const sounds = Object.fromEntries(prefixes.map((layers) => [`decoded.${layers}`, decoded(layers)]));
  const model = onnxModel({
    name: `${recipe.name}-reconstruction`,
    inputs: [sound],
    outputs: { latent, codes, ...sounds },
  });
  const session = await runtime.open(model, options);
  const found = await session.run({ audio: { type: "float32", shape, data: audio } });
  await session.close();
  const perLayer = split(found.codes!.data as Int32Array, quantizer.layers, quantizer.alphabets[0]!.length);
  return {
    target: quantizer.target(found.latent!.data as Float32Array),
    codes: perLayer,
    quantized: perLayer.map((_, i) => quantizer.dequantize(perLayer.slice(0, i + 1))),
    decoded: new Map(
      prefixes.map((layers) => [layers, found[`decoded.${layers}`]!.data as Float32Array] as const),
    ),
  };
}

/** Codes [N, L * P] as [L] arrays [N, P]. */
function split(codes: Int32Array, layers: number, places: number): Int32Array[] {
  const rows = codes.length / (layers * places);
  return Array.from({ length: layers }, (_, layer) =>
    Int32Array.from({ length: rows * places }, (_, i) => {
      const [row, place] = [Math.floor(i / places), i % places];
      return codes[(row * layers + layer) * places + place]!;
    }),
  );
}
