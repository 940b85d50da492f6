import { constant, input, onnxModel, type Tensor } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import type { Weights } from "../plan.js";
import { validationCrops } from "./draw-crops.js";
import type { PictureCorpus } from "./picture-corpus.js";
import { pictureForward, pictureParameters } from "./picture-forward.js";
import type { PictureRecipe } from "./picture-recipe.js";

/**
 * Rate and quality of pictures that are never trained on, by number of layers: bit per pixel by the context
 * model's own estimate, side codes included, and dB of the mean squared error over all crops (peak 255).
 */
export type PictureValidationPoint = { layers: number; bpp: number; psnr: number };

/** Measures weights on a fixed batch of the corpus' validation part (crops drawn once from the seed). */
export async function validatePictures(
  recipe: PictureRecipe,
  weights: Weights,
  corpus: PictureCorpus,
  runtime: Runtime,
  items = 8,
): Promise<PictureValidationPoint[]> {
  const { crop, quantizer, seed } = recipe;
  const pictures = new Float32Array(items * 3 * crop ** 2);
  validationCrops(corpus, seed, crop, pictures);
  const session = await runtime.open(validationGraph(recipe, weights, items));
  const points: PictureValidationPoint[] = [];
  for (let layers = 1; layers <= quantizer.layers; layers++) {
    const mask = Float32Array.from({ length: items * quantizer.layers }, (_, i) =>
      i % quantizer.layers < layers ? 1 : 0,
    );
    const found = await session.run({
      pictures: { type: "float32", shape: [items, 3, crop, crop], data: pictures },
      mask: { type: "float32", shape: [items, quantizer.layers], data: mask },
    });
    const values = (name: string) => found[name]!.data as Float32Array;
    const used = Array.from({ length: layers }, (_, layer) => values(`bits${layer}`));
    const bits = [values("side"), ...used].reduce((sum, each) => sum + total(each), 0);
    const error = squaredError(pictures, values("decoded"));
    points.push({ layers, bpp: bits / (items * crop ** 2), psnr: -10 * Math.log10(error) });
  }
  await session.close();
  return points;
}

function validationGraph(recipe: PictureRecipe, { parameters }: Weights, items: number): Uint8Array {
  const { crop, quantizer } = recipe;
  const baked = Object.fromEntries(
    pictureParameters(recipe).map(({ name, shape }) => [name, constant(parameters[name]!, shape)]),
  );
  const pictures = input("pictures", "float32", [items, 3, crop, crop]);
  const mask = input("mask", "float32", [items, quantizer.layers]);
  const { decoded, layerBits, sideBits } = pictureForward(recipe, baked, pictures, mask);
  const outputs: Record<string, Tensor> = { decoded, side: sideBits };
  for (const [layer, bits] of layerBits.entries()) outputs[`bits${layer}`] = bits;
  return onnxModel({ name: `${recipe.name}-validation`, inputs: [pictures, mask], outputs });
}

function total(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function squaredError(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - Math.max(-0.5, Math.min(0.5, b[i]!))) ** 2;
  return sum / a.length;
}
