import {
  convNextBlock2d,
  type Grid,
  halfSize,
  linear,
  type Parameters,
  type PictureLatent,
  patchify,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { concat, reshape, sub, type Tensor } from "@nacre/graph";
import { scale, sideForward } from "../cells.js";
import type { FrameEncoderConfig } from "./config.js";
import { place } from "./parameters.js";

/**
 * The encoder's graph.
 *
 * frame, prediction  [B, 3, height, width], -0.5 .. 0.5; height and width are multiples of 64
 * returns            latent [B, height / 16, width / 16, latentDim], side [B, height / 64, width / 64, sideChannels]
 */
export function encoderForward(
  config: FrameEncoderConfig,
  parameters: Parameters,
  frame: Tensor,
  prediction: Tensor,
): PictureLatent {
  const grid = gridOf(frame, prediction);
  const { batch, height, width } = grid;
  const lacking = patchify(sub(frame, prediction), scale.patch);
  const told = patchify(halfSize(prediction), scale.patch / 2);
  let rows = linear.forward(place.embed, parameters, concat([lacking, told], 1));
  for (let i = 0; i < config.blocks; i += 1) {
    rows = convNextBlock2d.forward(place.block(i), parameters, rows, grid);
  }
  const latent = linear.forward(place.head, parameters, rows);
  return {
    latent: reshape(latent, [batch, height, width, config.latentDim]),
    side: sideForward(place, config.sideChannels, parameters, latent, grid),
  };
}

function gridOf({ shape }: Tensor, prediction: Tensor): Grid {
  const [batch, channels, lines, columns] = shape;
  const whole = scale.patch * scale.cell;
  const fits = (size: number | undefined) => size !== undefined && size > 0 && size % whole === 0;
  const same = prediction.shape.join() === shape.join();
  if (same && shape.length === 4 && channels === 3 && fits(lines) && fits(columns)) {
    return { batch: batch!, height: lines! / scale.patch, width: columns! / scale.patch };
  }
  throw new NacreError("shape", {
    found: `frame and prediction have shapes [${shape.join(", ")}] and [${prediction.shape.join(", ")}]`,
    expected: `both [batch, 3, height, width] with height and width multiples of ${whole}`,
    mend: "pad both to whole cells",
  });
}
