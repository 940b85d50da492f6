import type { ParameterSpec, Parameters } from "@nacre/blocks";
import { pictureDecoder } from "@nacre/decoder";
import { pictureEncoder } from "@nacre/encoder";
import {
  add,
  clip,
  concat,
  constant,
  exp,
  mul,
  reshape,
  round,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { type ResidualScalarTraining, residualScalarTraining } from "@nacre/quantizer";
import { codeBits, contextTables, plainBits } from "../context/context-graph.js";
import { type ContextSizes, contextParameters } from "../context/context-recipe.js";
import type { PictureRecipe } from "./picture-recipe.js";

/** Where the quantizer's and the side codes' parameters are kept. */
export const place = {
  steps: (layer: number) => `quantizer.steps.${layer}`,
  sideScales: "context.side.scales",
};

/** Side codes are -mostSide .. mostSide. */
export const mostSide = 127;

/** Trained tensors: networks, logarithms of the steps, and what chooses tables. */
export function pictureParameters(recipe: PictureRecipe): ParameterSpec[] {
  const { encoder, decoder, quantizer } = recipe;
  const { layers, firstStep, ratio } = quantizer;
  return [
    ...pictureEncoder.parameters(encoder),
    ...pictureDecoder.parameters(decoder),
    ...Array.from({ length: layers }, (_, layer) => ({
      name: place.steps(layer),
      shape: [encoder.latentDim],
      initial: { kind: "constant" as const, value: Math.log(firstStep / ratio ** layer) },
      decay: false,
    })),
    { name: place.sideScales, shape: [encoder.sideChannels], initial: { kind: "zeros" }, decay: false },
    ...contextParameters(sizesOf(recipe)),
  ];
}

/** Sizes of the recipe's context. */
export function sizesOf({ encoder, quantizer }: PictureRecipe): ContextSizes {
  return { layers: quantizer.layers, channels: encoder.latentDim, sideChannels: encoder.sideChannels };
}

/**
 * What comes of a batch.
 *
 * decoded    [B, 3, H, W]
 * depth      [B, L + 1], one-hot
 * layerBits  [L] of [B], bits of every layer, used or not; sideBits [B]
 */
export type PictureForward = {
  decoded: Tensor;
  depth: Tensor;
  layerBits: Tensor[];
  sideBits: Tensor;
  scalars: ResidualScalarTraining;
};

/**
 * Pictures through encoder, quantizer and decoder, and what their codes cost.
 *
 * pictures   [B, 3, H, W], -0.5 .. 0.5
 * layerMask  [B, L], 1 where the item uses the layer; each row a prefix of ones
 */
export function pictureForward(
  recipe: PictureRecipe,
  parameters: Parameters,
  pictures: Tensor,
  layerMask: Tensor,
): PictureForward {
  const { encoder, decoder, quantizer, context } = recipe;
  const { latent, side } = pictureEncoder.forward(encoder, parameters, pictures);
  const [batch, rows, columns, channels] = latent.shape as [number, number, number, number];
  const whole = clip(side, -mostSide, mostSide);
  const sideCodes = add(whole, stopGradient(sub(round(whole), whole)));
  const rest = sub(latent, pictureDecoder.mean(decoder, parameters, sideCodes));
  const flat = reshape(rest, [batch * rows * columns, channels]);
  const positionMask = reshape(
    mul(reshape(layerMask, [batch, 1, quantizer.layers]), ones([batch, rows * columns, 1])),
    [batch * rows * columns, quantizer.layers],
  );
  const scalars = residualScalarTraining(flat, positionMask, stepsOf(recipe, parameters), quantizer);
  const grids = scalars.codes.map((codes) => reshape(codes, latent.shape));
  const tables = contextTables(sizesOf(recipe), context, parameters, { layers: grids, side: sideCodes });
  const depth = depthOf(layerMask);
  const quantized = reshape(scalars.quantized, latent.shape);
  return {
    decoded: pictureDecoder.forward(decoder, parameters, { latent: quantized, side: sideCodes, depth }),
    depth,
    layerBits: grids.map((codes, layer) => sum(codeBits(codes, tables[layer]!, context), [1, 2, 3])),
    sideBits: sum(plainBits(sideCodes, parameters[place.sideScales]!), [1, 2, 3]),
    scalars,
  };
}

function stepsOf({ quantizer }: PictureRecipe, parameters: Parameters): Tensor {
  const steps = Array.from({ length: quantizer.layers }, (_, layer) => parameters[place.steps(layer)]!);
  return exp(
    concat(
      steps.map((step) => reshape(step, [1, step.shape[0]!])),
      0,
    ),
  );
}

/** How many layers each item uses, [B, L + 1] one-hot, from a mask of prefixes. */
function depthOf(layerMask: Tensor): Tensor {
  const [batch] = layerMask.shape as [number, number];
  const from = concat([ones([batch, 1]), layerMask], 1);
  const beyond = concat([layerMask, constant(new Float32Array(batch), [batch, 1])], 1);
  return sub(from, beyond);
}

function ones(shape: number[]): Tensor {
  return constant(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);
}
