import { NacreError } from "@nacre/errors";
import { add, mean, mul, reshape, scalar, square, sub, type Tensor } from "@nacre/graph";
import { drawLayerCounts, layerCountMask } from "@nacre/quantizer";
import { openClipFeed } from "../feed.js";
import { msSsim } from "../losses/ms-ssim.js";
import type { PictureCorpus } from "../pictures/picture-corpus.js";
import { itemsOf, joined, overUsers, squaresOfStructure, worthOf } from "../pictures/picture-plan.js";
import type { AnyCorpus, Pass, PassInputs, StepPlan } from "../plan.js";
import { checkFilmRecipe } from "./film-check.js";
import { type CodedFrame, clipPlanes, filmForward, filmParameters } from "./film-forward.js";
import type { FilmRecipe } from "./film-recipe.js";
import { validateFilm } from "./film-validation.js";

/** Predicted frames: clips made from photographs, a key frame that lost something, bits and squared error together. */
export function filmPlan(recipe: FilmRecipe): StepPlan {
  checkFilmRecipe(recipe);
  const { batch, crop, frames, quantizer, keySteps } = recipe;
  const { layers, fullShare, spread } = quantizer;
  return {
    parameters: filmParameters(recipe),
    batch: { name: "clips", shape: [batch, clipPlanes(recipe), crop, crop] },
    layers,
    state: [],
    initialState: () => ({}),
    fields: { layerMask: batch * layers, keySteps: batch },
    draws(_, random) {
      const counts = drawLayerCounts(random, batch, layers, fullShare, spread);
      const mask = layerCountMask(counts, 1, layers);
      const steps = Array.from(
        counts,
        (count) => keySteps[Math.max(0, count - 1)]! * 1.5 ** (2 * random() - 1),
      );
      return { layerMask: (i) => mask[i]!, keySteps: (i) => steps[i]! };
    },
    pass: (inputs) => filmPass(recipe, inputs),
    tensors: () => ({}),
    trained: { amount: (batch * (frames - 1) * crop ** 2) / 1e6, unit: "Mpx" },
    feed: (corpus) =>
      openClipFeed(photographsOf(corpus), {
        seed: recipe.seed,
        size: crop,
        frames,
        length: batch * clipPlanes(recipe) * crop ** 2,
      }),
    validate: (weights, corpus, runtime) => validateFilm(recipe, weights, photographsOf(corpus), runtime),
  };
}

/**
 * The loss is, as a mean over predicted frames and items, bit per pixel plus what the error is worth at the item's depth, as
 * for pictures; what a frame costs the ones after it comes back through time.
 */
function filmPass(recipe: FilmRecipe, { batch: clips, parameters, field }: PassInputs): Pass {
  const { batch, crop, quantizer } = recipe;
  const layerMask = reshape(field("layerMask"), [batch, quantizer.layers]);
  const { depth, frames } = filmForward(recipe, {
    parameters,
    clips,
    layerMask,
    keySteps: field("keySteps"),
  });
  const worth = worthOf(recipe, depth);
  const judged = frames.map((each) => judge(recipe, each, layerMask, worth));
  const average = (name: keyof (typeof judged)[number]) =>
    mul(
      judged.map((each) => each[name]).reduce((a, b) => add(a, b)),
      1 / judged.length,
    );
  const loss = average("loss");
  const perItem = 1 / (crop ** 2 * frames.length);
  const perLayer = Array.from({ length: quantizer.layers }, (_, layer) => {
    const bits = frames.map(({ coded }) => mul(coded.layerBits[layer]!, itemsOf(layerMask, layer)));
    const users = bits.reduce((a, b) => add(a, b));
    return mul(overUsers(users, layerMask, layer), perItem);
  });
  return {
    targets: [loss],
    cotangents: [scalar(1)],
    moved: [],
    next: () => ({}),
    metrics: (["loss", "bpp", "mse", "sideBpp", "predictionMse"] as const).map((name) => ({
      name,
      value: average(name),
    })),
    // Bits are of the items that use the layer alone.
    perLayer: [{ name: "bpp", values: joined(perLayer) }, ...frames.at(-1)!.coded.perLayer],
  };
}

function judge(
  { crop, structure = 0 }: FilmRecipe,
  { frame, prediction, decoded, sideBits, coded }: CodedFrame,
  layerMask: Tensor,
  worth: Tensor,
) {
  const squaresOf = (picture: Tensor) => mul(mean(square(sub(picture, frame)), [1, 2, 3]), 255 ** 2);
  const squares = squaresOf(decoded);
  const used = coded.layerBits.map((bits, layer) => mul(bits, itemsOf(layerMask, layer)));
  const bits = [sideBits, ...used].reduce((a, b) => add(a, b));
  const rate = mul(mean(bits), 1 / crop ** 2);
  const error =
    structure > 0
      ? add(mul(squares, 1 - structure), mul(sub(1, msSsim(frame, decoded)), structure * squaresOfStructure))
      : squares;
  return {
    loss: add(rate, mean(mul(error, worth))),
    bpp: rate,
    mse: mean(squares),
    sideBpp: mul(mean(sideBits), 1 / crop ** 2),
    predictionMse: mean(squaresOf(prediction)),
  };
}

function photographsOf(corpus: AnyCorpus): PictureCorpus {
  if ("sampleRate" in corpus) {
    throw new NacreError("media", { found: "a corpus of sound", expected: "one of pictures" });
  }
  return corpus;
}
