import type { ParameterSpec } from "@nacre/blocks";
import { spectralDecoder } from "@nacre/decoder";
import { spectralEncoder } from "@nacre/encoder";
import { NacreError } from "@nacre/errors";
import { concat, reshape, scalar, slice, type Tensor } from "@nacre/graph";
import { drawLayerCounts, layerCountMask } from "@nacre/quantizer";
import type { Corpus } from "../corpus.js";
import { nothingToTrainOn } from "../corpus-writer.js";
import { openFeed } from "../feed.js";
import { balance, type WeightedLoss } from "../losses/balancer.js";
import { lossesWith } from "../losses/index.js";
import type { AnyCorpus, Pass, PassInputs, StepPlan } from "../plan.js";
import type { QuantizerPass } from "../quantizers/quantizer-training.js";
import { trainingOf } from "../quantizers/quantizers.js";
import { checkRecipe, edge } from "../recipes/check.js";
import type { Recipe } from "../recipes/recipe.js";
import { validate } from "../validation.js";

/** Sound: samples, a spectral encoder and decoder, losses on the decoded signal through the balancer. */
export function soundPlan(recipe: Recipe): StepPlan {
  checkRecipe(recipe);
  const { batch, frames, encoder, quantizer } = recipe;
  const training = trainingOf(recipe);
  return {
    parameters: soundParameters(recipe),
    batch: { name: "audio", shape: [batch, frames * encoder.hop] },
    layers: quantizer.layers,
    state: [
      ...training.stateArrays(recipe),
      { name: "balancer.norms", shape: [lossesWith(recipe.losses).filter(({ share }) => share > 0).length] },
    ],
    initialState: () => training.initialState(recipe),
    fields: { balancerDecay: 1, layerMask: batch * quantizer.layers, ...training.fields(recipe) },
    draws(step, random) {
      const counts = drawLayerCounts(random, batch, quantizer.layers, quantizer.fullShare, quantizer.spread);
      const mask = layerCountMask(counts, 1, quantizer.layers);
      return {
        balancerDecay: () => Math.min(0.99, 1 - 1 / step),
        layerMask: (i) => mask[i]!,
        ...training.draws(recipe, step, random),
      };
    },
    pass: (inputs) => soundPass(recipe, inputs),
    tensors: (values) => training.tensors(values),
    trained: { amount: (batch * frames * encoder.hop) / encoder.sampleRate, unit: "s" },
    feed: (corpus) =>
      openFeed(soundCorpus(corpus, recipe), {
        seed: recipe.seed,
        batch,
        length: batch * frames * encoder.hop,
        augment: recipe.augment,
      }),
    validate: (weights, corpus, runtime) => validate(recipe, weights, soundCorpus(corpus, recipe), runtime),
  };
}

/** Trained tensors of the recipe's networks and of its quantizer. */
export function soundParameters(recipe: Recipe): ParameterSpec[] {
  return [
    ...spectralEncoder.parameters(recipe.encoder),
    ...spectralDecoder.parameters(recipe.decoder),
    ...trainingOf(recipe).parameters(recipe),
  ];
}

function soundPass(recipe: Recipe, inputs: PassInputs): Pass {
  const { decoded, pass } = forward(recipe, inputs);
  const losses = lossesOf(recipe, inputs.batch, decoded);
  const { cotangent, nextNorms } = balanced(inputs, losses, decoded);
  const { perplexity, dead, quantizationError } = pass.telemetry;
  return {
    targets: [decoded, ...pass.losses.map(({ value }) => value)],
    cotangents: [cotangent, ...pass.losses.map(({ weight }) => scalar(weight))],
    moved: pass.moved,
    next: (slopes) => ({
      ...pass.next(slopes),
      "next.balancer.norms": concat(
        nextNorms.map((each) => reshape(each, [1])),
        0,
      ),
    }),
    metrics: [
      ...losses.map(({ name, value }) => ({ name, value })),
      ...pass.losses.flatMap(({ name, value }) => (name ? [{ name, value }] : [])),
    ],
    perLayer: [
      { name: "perplexity", values: perplexity },
      { name: "dead", values: dead },
      { name: "error", values: quantizationError },
    ],
  };
}

function forward(recipe: Recipe, { batch: audio, parameters, state, field, codes }: PassInputs) {
  const { encoder, decoder, quantizer, batch, frames } = recipe;
  const latent = spectralEncoder.forward(encoder, parameters, audio);
  const pass: QuantizerPass = trainingOf(recipe).pass(recipe, {
    parameters,
    latent: reshape(latent, [batch * frames, encoder.latentDim]),
    layerMask: itemMask(field("layerMask"), batch, frames, quantizer.layers),
    state,
    field,
    codes,
  });
  const decoded = spectralDecoder.forward(decoder, parameters, reshape(pass.quantized, latent.shape));
  return { decoded, pass };
}

function balanced({ state, scalarField }: PassInputs, losses: readonly WeightedLoss[], decoded: Tensor) {
  const weighted = losses.filter(({ weight }) => weight > 0);
  const norms = weighted.map((_, i) => reshape(slice(state["balancer.norms"]!, 0, i, i + 1), []));
  return balance(weighted, decoded, norms, scalarField("balancerDecay"));
}

// [batch * layers] to [batch * frames, layers]: all frames of an item use the same layers.
function itemMask(flat: Tensor, batch: number, frames: number, layers: number): Tensor {
  const items = reshape(flat, [batch, 1, layers]);
  return reshape(concat(Array<Tensor>(frames).fill(items), 1), [batch * frames, layers]);
}

function lossesOf({ losses, encoder }: Recipe, whole: Tensor, wholeDecoded: Tensor): WeightedLoss[] {
  const length = whole.shape[1]! - edge;
  const audio = slice(whole, 1, 0, length);
  const decoded = slice(wholeDecoded, 1, 0, length);
  return lossesWith(losses).map(({ loss: { name, value }, share }) => ({
    name,
    value: value(audio, decoded, encoder.sampleRate),
    weight: share,
  }));
}

function soundCorpus(corpus: AnyCorpus, { encoder }: Recipe): Corpus {
  if (!("sampleRate" in corpus)) {
    throw new NacreError("media", { found: "a corpus of pictures", expected: "one of sound" });
  }
  if (corpus.train.length === 0) throw nothingToTrainOn();
  if (corpus.sampleRate === encoder.sampleRate) return corpus;
  throw new NacreError("media", {
    found: `a corpus at ${corpus.sampleRate} Hz`,
    expected: `${encoder.sampleRate} Hz, the recipe's`,
    mend: "pack the corpus at that rate",
  });
}
