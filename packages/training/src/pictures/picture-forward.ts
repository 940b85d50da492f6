import type { ParameterSpec, Parameters } from "@nacre/blocks";
import { pictureDecoder } from "@nacre/decoder";
import { pictureEncoder } from "@nacre/encoder";
import {
  add,
  clip,
  concat,
  constant,
  mul,
  reshape,
  round,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "@nacre/graph";
import { plainBits } from "../context/context-graph.js";
import { type CodedLatent, codingOf } from "./coding.js";
import type { PictureRecipe } from "./picture-recipe.js";

/** Where the logarithms of the side codes' scales are kept. */
export const sideScalesPlace = "context.side.scales";

/** Side codes are -mostSide .. mostSide. */
export const mostSide = 127;

/** Trained tensors: networks, the quantizer's own, and what tells how likely codes are. */
export function pictureParameters(recipe: PictureRecipe): ParameterSpec[] {
  const { encoder, decoder } = recipe;
  return [
    ...pictureEncoder.parameters(encoder),
    ...pictureDecoder.parameters(decoder),
    { name: sideScalesPlace, shape: [encoder.sideChannels], initial: { kind: "zeros" }, decay: false },
    ...codingOf(recipe).parameters(),
  ];
}

/**
 * What pictures and the quantizer's state are, for one pass.
 *
 * pictures   [B, 3, H, W], -0.5 .. 0.5
 * layerMask  [B, L], 1 where the item uses the layer; each row a prefix of ones
 * state      arrays of the recipe's coding by name; field its fields of the row
 */
export type PictureInputs = {
  parameters: Parameters;
  pictures: Tensor;
  layerMask: Tensor;
  state: Readonly<Record<string, Tensor>>;
  field: (name: string) => Tensor;
};

/**
 * What comes of a batch.
 *
 * decoded   [B, 3, H, W]
 * depth     [B, L + 1], one-hot
 * sideBits  [B]; bits of the layers are the latent's
 */
export type PictureForward = { decoded: Tensor; depth: Tensor; sideBits: Tensor; coded: CodedLatent };

/** Pictures through encoder, quantizer and decoder, and what their codes cost. */
export function pictureForward(
  recipe: PictureRecipe,
  { parameters, pictures, layerMask, state, field }: PictureInputs,
): PictureForward {
  const { encoder, decoder } = recipe;
  const { latent, side } = pictureEncoder.forward(encoder, parameters, pictures);
  const [, rows, columns] = latent.shape as [number, number, number];
  const whole = clip(side, -mostSide, mostSide);
  const sideCodes = add(whole, stopGradient(sub(round(whole), whole)));
  const coded = codingOf(recipe).code({
    parameters,
    latent: sub(latent, pictureDecoder.mean(decoder, parameters, sideCodes)),
    side: sideCodes,
    layerMask: perPosition(layerMask, rows * columns),
    state,
    field,
  });
  const depth = depthOf(layerMask);
  const received = { latent: coded.quantized, side: sideCodes, depth };
  return {
    decoded: pictureDecoder.forward(decoder, parameters, received),
    depth,
    sideBits: sum(plainBits(sideCodes, parameters[sideScalesPlace]!), [1, 2, 3]),
    coded,
  };
}

/** The mask of every position of every item, [B * positions, L]. */
export function perPosition(layerMask: Tensor, positions: number): Tensor {
  const [batch, layers] = layerMask.shape as [number, number];
  const all = mul(reshape(layerMask, [batch, 1, layers]), ones([batch, positions, 1]));
  return reshape(all, [batch * positions, layers]);
}

/** How many layers each item uses, [B, L + 1] one-hot, from a mask of prefixes. */
export function depthOf(layerMask: Tensor): Tensor {
  const [batch] = layerMask.shape as [number, number];
  const from = concat([ones([batch, 1]), layerMask], 1);
  const beyond = concat([layerMask, constant(new Float32Array(batch), [batch, 1])], 1);
  return sub(from, beyond);
}

function ones(shape: number[]): Tensor {
  return constant(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);
}
