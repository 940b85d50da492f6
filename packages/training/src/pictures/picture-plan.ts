import { NacreError } from "@nacre/errors";
import {
  add,
  concat,
  constant,
  div,
  matmul,
  max,
  mean,
  mul,
  reshape,
  scalar,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { drawLayerCounts, layerCountMask } from "@nacre/quantizer";
import { openPictureFeed } from "../feed.js";
import { msSsim } from "../losses/ms-ssim.js";
import type { AnyCorpus, Pass, PassInputs, StepPlan } from "../plan.js";
import { codingOf } from "./coding.js";
import { checkPictureRecipe } from "./picture-check.js";
import type { PictureCorpus } from "./picture-corpus.js";
import { pictureForward, pictureParameters } from "./picture-forward.js";
import type { PictureRecipe } from "./picture-recipe.js";
import { validatePictures } from "./picture-validation.js";

/** Pictures: crops, a picture encoder and decoder, bits and squared error together. */
export function picturePlan(recipe: PictureRecipe): StepPlan {
  checkPictureRecipe(recipe);
  const { batch, crop, quantizer } = recipe;
  const { layers, fullShare, spread } = quantizer;
  const coding = codingOf(recipe);
  return {
    parameters: pictureParameters(recipe),
    batch: { name: "pictures", shape: [batch, 3, crop, crop] },
    layers,
    state: coding.state(),
    initialState: () => coding.initialState(),
    fields: { layerMask: batch * layers, ...coding.fields() },
    draws(step, random) {
      const mask = layerCountMask(drawLayerCounts(random, batch, layers, fullShare, spread), 1, layers);
      return { layerMask: (i) => mask[i]!, ...coding.draws(step, random) };
    },
    pass: (inputs) => picturePass(recipe, inputs),
    tensors: (values) => coding.tensors(values),
    trained: { amount: (batch * crop ** 2) / 1e6, unit: "Mpx" },
    feed: (corpus) =>
      openPictureFeed(pictureCorpus(corpus), {
        seed: recipe.seed,
        size: crop,
        length: batch * 3 * crop ** 2,
      }),
    validate: (weights, corpus, runtime) => validatePictures(recipe, weights, pictureCorpus(corpus), runtime),
  };
}

/** What 1 - MS-SSIM is worth in squared errors: the ratio of CompressAI's lambdas for the same rate. */
export const squaresOfStructure = 1200;

/**
 * The loss is, as a mean over items, bit per pixel plus what the squared error is worth at the item's depth
 * (Ballé et al. 2018, arXiv 1802.01436, equation 4); a layer's bits count where it is used.
 */
function picturePass(recipe: PictureRecipe, inputs: PassInputs): Pass {
  const { batch: pictures, parameters, state, field } = inputs;
  const { batch, crop, quantizer, structure = 0 } = recipe;
  const layerMask = reshape(field("layerMask"), [batch, quantizer.layers]);
  const found = pictureForward(recipe, { parameters, pictures, layerMask, state, field });
  const { decoded, depth, sideBits, coded } = found;
  const squares = mul(mean(square(sub(decoded, pictures)), [1, 2, 3]), 255 ** 2);
  const used = coded.layerBits.map((bits, layer) => mul(bits, itemsOf(layerMask, layer)));
  const bits = [sideBits, ...used].reduce((a, b) => add(a, b));
  const perItem = 1 / crop ** 2;
  const rate = mul(mean(bits), perItem);
  const similar = structure > 0 ? msSsim(pictures, decoded) : undefined;
  const error = similar
    ? add(mul(squares, 1 - structure), mul(sub(1, similar), structure * squaresOfStructure))
    : squares;
  const loss = add(rate, mean(mul(error, worthOf(recipe, depth))));
  const perLayer = used.map((each, layer) => mul(overUsers(each, layerMask, layer), perItem));
  return {
    targets: [loss, ...coded.losses.map(({ value }) => value)],
    cotangents: [scalar(1), ...coded.losses.map(({ weight }) => scalar(weight))],
    moved: coded.moved,
    next: coded.next,
    metrics: [
      { name: "loss", value: loss },
      { name: "bpp", value: rate },
      { name: "mse", value: mean(squares) },
      { name: "sideBpp", value: mul(mean(sideBits), perItem) },
      ...coded.losses.flatMap(({ name, value }) => (name ? [{ name, value }] : [])),
      ...(similar ? [{ name: "msSsim", value: mean(similar) }] : []),
    ],
    // Bits are of the items that use the layer alone.
    perLayer: [{ name: "bpp", values: joined(perLayer) }, ...coded.perLayer],
  };
}

/** A column of the mask, [B]. */
export function itemsOf(mask: Tensor, layer: number): Tensor {
  return reshape(slice(mask, 1, layer, layer + 1), [mask.shape[0]!]);
}

/** What an error is worth to each item, [B]; without layers as with one. */
export function worthOf(
  { distortion, batch }: { distortion: readonly number[]; batch: number },
  depth: Tensor,
): Tensor {
  const worth = Float32Array.of(distortion[0]!, ...distortion);
  return reshape(matmul(depth, constant(worth, [worth.length, 1])), [batch]);
}

/** The sum of bits over the number of items that use the layer. */
export function overUsers(bits: Tensor, mask: Tensor, layer: number): Tensor {
  return div(sum(bits), max(sum(itemsOf(mask, layer)), 1));
}

/** Scalars as one vector. */
export function joined(values: readonly Tensor[]): Tensor {
  return concat(
    values.map((value) => reshape(value, [1])),
    0,
  );
}

function pictureCorpus(corpus: AnyCorpus): PictureCorpus {
  if ("sampleRate" in corpus) {
    throw new NacreError("media", { found: "a corpus of sound", expected: "one of pictures" });
  }
  return corpus;
}
