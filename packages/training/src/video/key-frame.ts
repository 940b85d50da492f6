import { cosinePatches, patchify, unpatchify } from "@nacre/blocks";
import {
  abs,
  add,
  clip,
  constant,
  div,
  floor,
  gemm,
  mul,
  reshape,
  sign,
  stopGradient,
  type Tensor,
} from "@nacre/graph";

const patch = 16;
/** Functions that are kept, as many as the picture model's latent has channels. */
const kept = 256;
/** Added before rounding down. It is less than a half: what is small is lost sooner, as in a codec. */
const roundUp = 0.38;

/**
 * A frame as a codec of pictures hands it on: its cosine transform, of which high frequencies are left out and the others
 * rounded. It stands for a decoded key frame, of which training knows only that something was lost; nothing flows back.
 *
 * frame  [B, 3, H, W], whole patches of 16
 * steps  [B], of the rounding
 */
export function lossyFrame(frame: Tensor, steps: Tensor): Tensor {
  const [batch, , lines, columns] = frame.shape as [number, number, number, number];
  const grid = { batch, height: lines / patch, width: columns / patch };
  const transform = transformOf();
  const rows = gemm(patchify(stopGradient(frame), patch), transform, { transB: true });
  const scaled = div(reshape(rows, [batch, grid.height * grid.width * kept]), reshape(steps, [batch, 1]));
  const whole = mul(sign(scaled), floor(add(abs(scaled), roundUp)));
  const points = reshape(mul(whole, reshape(steps, [batch, 1])), rows.shape);
  return stopGradient(clip(unpatchify(gemm(points, transform), grid, patch), -0.5, 0.5));
}

/** [kept, 3 * patch * patch] */
function transformOf(): Tensor {
  const size = 3 * patch ** 2;
  const matrix = new Float32Array(kept * size);
  for (const [row, values] of cosinePatches(patch, kept).entries()) matrix.set(values, row * size);
  return constant(matrix, [kept, size]);
}
