import {
  type Grid,
  linear,
  type Parameters,
  type PictureDecoderInput,
  parameter,
  pixelShuffle,
} from "@nacre/blocks";
import { add, gemm, mul, reshape, type Tensor } from "@nacre/graph";
import { scale } from "./quarter-positions.js";

/** Where a decoder at 1/16 keeps what meets the latent. */
export type EntrancePlaces = { depthGain: string; depthBias: string; mean: string };

/** The mean of the latent that side values tell, [B, height, width, latentDim]. */
export function sideMean(
  place: EntrancePlaces,
  latentDim: number,
  parameters: Parameters,
  side: Tensor,
): Tensor {
  const [batch, height, width] = side.shape as [number, number, number, number];
  const rows = meanRows(place, parameters, side);
  return reshape(rows, [batch, height * scale.cell, width * scale.cell, latentDim]);
}

/** latent * gain + bias of its depth + mean that the side values tell; [B * height * width, latentDim]. */
export function entrance(
  place: EntrancePlaces,
  parameters: Parameters,
  { latent, side, depth }: PictureDecoderInput,
  { batch, height, width }: Grid,
): Tensor {
  const channels = latent.shape[3]!;
  const byDepth = (name: string) =>
    reshape(gemm(depth, parameter(parameters, name)), [batch, 1, 1, channels]);
  const scaled = add(mul(latent, byDepth(place.depthGain)), byDepth(place.depthBias));
  return add(reshape(scaled, [batch * height * width, channels]), meanRows(place, parameters, side));
}

function meanRows({ mean }: EntrancePlaces, parameters: Parameters, side: Tensor): Tensor {
  const [batch, height, width, channels] = side.shape as [number, number, number, number];
  const rows = reshape(side, [batch * height * width, channels]);
  return pixelShuffle(linear.forward(mean, parameters, rows), { batch, height, width }, scale.cell);
}
