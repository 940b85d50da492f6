import {
  convNextBlock2d,
  type Grid,
  linear,
  type Parameters,
  type PictureLatent,
  patchify,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { reshape, type Tensor } from "@nacre/graph";
import { scale, sideForward } from "../cells.js";
import type { PictureEncoderConfig } from "./config.js";
import { place } from "./parameters.js";

/**
 * The encoder's graph.
 *
 * picture  [B, 3, height, width], -0.5 .. 0.5; height and width are multiples of 64
 * returns  latent [B, height / 16, width / 16, latentDim], side [B, height / 64, width / 64, sideChannels]
 */
export function encoderForward(
  config: PictureEncoderConfig,
  parameters: Parameters,
  picture: Tensor,
): PictureLatent {
  const grid = gridOf(picture);
  const { batch, height, width } = grid;
  const rows = blockStates(config, parameters, picture).at(-1)!;
  const latent = linear.forward(place.head, parameters, rows);
  return {
    latent: reshape(latent, [batch, height, width, config.latentDim]),
    side: sideForward(place, config.sideChannels, parameters, latent, grid),
  };
}

/** Rows [B * height * width / 256, dim] before the first block and behind each; see BlockChain. */
export function blockStates(
  { blocks }: PictureEncoderConfig,
  parameters: Parameters,
  picture: Tensor,
): Tensor[] {
  const grid = gridOf(picture);
  const states = [linear.forward(place.embed, parameters, patchify(picture, scale.patch))];
  for (let i = 0; i < blocks; i += 1) {
    states.push(convNextBlock2d.forward(place.block(i), parameters, states[i]!, grid));
  }
  return states;
}

function gridOf({ shape }: Tensor): Grid {
  const [batch, channels, lines, columns] = shape;
  const whole = scale.patch * scale.cell;
  const fits = (size: number | undefined) => size !== undefined && size > 0 && size % whole === 0;
  if (shape.length === 4 && channels === 3 && fits(lines) && fits(columns)) {
    return { batch: batch!, height: lines! / scale.patch, width: columns! / scale.patch };
  }
  throw new NacreError("shape", {
    found: `the picture has shape [${shape.join(", ")}]`,
    expected: `[batch, 3, height, width] with height and width multiples of ${whole}`,
    mend: "pad the picture to whole cells",
  });
}
