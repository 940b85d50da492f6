import { cast, constant, input, onnxModel, type Tensor, zeros } from "@nacre/graph";
import type { Runtime } from "@nacre/runtime";
import type { Weights } from "../plan.js";
import { codingOf } from "./coding.js";
import { validationCrops } from "./draw-crops.js";
import type { PictureCorpus } from "./picture-corpus.js";
import { pictureForward, pictureParameters } from "./picture-forward.js";
import type { PictureRecipe } from "./picture-recipe.js";

/**
 * Rate and quality of pictures that are never trained on, by number of layers: bit per pixel by the
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
  const { crop, seed } = recipe;
  const pictures = new Float32Array(items * 3 * crop ** 2);
  validationCrops(corpus, seed, crop, pictures);
  return (await measureCrops(recipe, weights, pictures, runtime)).points;
}

/**
 * What measuring gives.
 *
 * points  one for each number of layers, 1 .. L
 * codes   [L], of every position of all crops, as many a position as the quantizer has
 */
export type MeasuredCrops = { points: PictureValidationPoint[]; codes: Int32Array[] };

/**
 * Codes and decodes crops at every number of layers.
 *
 * pictures  [items, 3, crop, crop], the recipe's crop, -0.5 .. 0.5
 */
export async function measureCrops(
  recipe: PictureRecipe,
  weights: Weights,
  pictures: Float32Array,
  runtime: Runtime,
): Promise<MeasuredCrops> {
  const { crop, quantizer } = recipe;
  const items = pictures.length / (3 * crop ** 2);
  const session = await runtime.open(measuringGraph(recipe, weights, items));
  const points: PictureValidationPoint[] = [];
  let codes: Int32Array[] = [];
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
    codes = Array.from({ length: quantizer.layers }, (_, layer) => Int32Array.from(values(`codes${layer}`)));
  }
  await session.close();
  return { points, codes };
}

function measuringGraph(recipe: PictureRecipe, { parameters }: Weights, items: number): Uint8Array {
  const { crop, quantizer } = recipe;
  const coding = codingOf(recipe);
  const baked = (arrays: readonly { name: string; shape: readonly number[] }[]) =>
    Object.fromEntries(
      arrays.map(({ name, shape }) => [
        name,
        // Of the state a model keeps what decoding needs; the rest is for training and is not looked at.
        parameters[name] ? constant(parameters[name], shape) : zeros(shape),
      ]),
    );
  const fields = coding.fields();
  const pictures = input("pictures", "float32", [items, 3, crop, crop]);
  const mask = input("mask", "float32", [items, quantizer.layers]);
  const { decoded, sideBits, coded } = pictureForward(recipe, {
    parameters: baked(pictureParameters(recipe)),
    pictures,
    layerMask: mask,
    state: baked(coding.state()),
    field: (name) => zeros([fields[name]!]),
  });
  const outputs: Record<string, Tensor> = { decoded, side: sideBits };
  for (const [layer, bits] of coded.layerBits.entries()) outputs[`bits${layer}`] = bits;
  for (const [layer, codes] of coded.codes.entries()) outputs[`codes${layer}`] = cast(codes, "float32");
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
