/** Pixels to rows and back, and rows of one scale to rows of another. */
import { mean, reshape, type Tensor, transpose } from "@nacre/graph";
import type { Grid } from "./conv-next-2d.js";

/**
 * Cuts pictures into square patches (Dosovitskiy et al. 2021, arXiv 2010.11929, section 3.1).
 *
 * picture  [B, channels, height * size, width * size]
 * returns  rows [B * height * width, channels * size * size]: channel, then line, then column in the patch
 */
export function patchify(picture: Tensor, size: number): Tensor {
  const [batch, channels, lines, columns] = picture.shape as [number, number, number, number];
  const [height, width] = [lines / size, columns / size];
  const cut = reshape(picture, [batch, channels, height, size, width, size]);
  return reshape(transpose(cut, [0, 2, 4, 1, 3, 5]), [batch * height * width, channels * size * size]);
}

/**
 * The inverse of `patchify`.
 *
 * rows     [B * height * width, channels * size * size]
 * returns  [B, channels, height * size, width * size]
 */
export function unpatchify(rows: Tensor, { batch, height, width }: Grid, size: number): Tensor {
  const channels = rows.shape[1]! / (size * size);
  const cut = reshape(rows, [batch, height, width, channels, size, size]);
  return reshape(transpose(cut, [0, 3, 1, 4, 2, 5]), [batch, channels, height * size, width * size]);
}

/**
 * Spreads every row over size x size finer positions (Shi et al. 2016, arXiv 1609.05158), channels last.
 *
 * rows     [B * height * width, size * size * channels]: line, then column, then channel
 * returns  [B * height * size * width * size, channels]
 */
export function pixelShuffle(rows: Tensor, { batch, height, width }: Grid, size: number): Tensor {
  const channels = rows.shape[1]! / (size * size);
  const cut = reshape(rows, [batch, height, width, size, size, channels]);
  return reshape(transpose(cut, [0, 1, 3, 2, 4, 5]), [batch * height * size * width * size, channels]);
}

/**
 * The inverse of `pixelShuffle`: gathers size x size positions into one row.
 *
 * rows     [B * height * width, channels]; height and width, those of the finer grid, are multiples of size
 * returns  [B * height / size * width / size, size * size * channels]
 */
export function pixelUnshuffle(rows: Tensor, { batch, height, width }: Grid, size: number): Tensor {
  const channels = rows.shape[1]!;
  const [lines, columns] = [height / size, width / size];
  const cut = reshape(rows, [batch, lines, size, columns, size, channels]);
  return reshape(transpose(cut, [0, 1, 3, 2, 4, 5]), [batch * lines * columns, size * size * channels]);
}

/** Means of 2 x 2 pixels; picture [B, channels, height, width], both even. */
export function halfSize(picture: Tensor): Tensor {
  const [batch, channels, height, width] = picture.shape as [number, number, number, number];
  return mean(reshape(picture, [batch, channels, height / 2, 2, width / 2, 2]), [3, 5]);
}
