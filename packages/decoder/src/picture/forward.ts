import {
  convNextBlock2d,
  type Grid,
  linear,
  type Parameters,
  type PictureDecoderInput,
  pixelShuffle,
  unpatchify,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import type { Tensor } from "@nacre/graph";
import { entrance } from "../latent-entrance.js";
import type { PictureDecoderConfig } from "./config.js";
import { fine, place, scale } from "./parameters.js";

/**
 * The decoder's graph.
 *
 * latent   [B, height / 16, width / 16, latentDim], quantized: the sum of as many layers as depth says
 * side     [B, height / 64, width / 64, sideChannels], whole numbers
 * depth    [B, layers + 1], one-hot
 * returns  [B, 3, height, width], about -0.5 .. 0.5 and not clipped to it
 */
export function decoderForward(
  config: PictureDecoderConfig,
  parameters: Parameters,
  input: PictureDecoderInput,
): Tensor {
  const rows = blockStates(config, parameters, input).at(-1)!;
  return finePicture(config, parameters, rows, gridOf(config, input));
}

/** Rows [B * height * width, dim] before the first block at 1/16 and behind each; see BlockChain. */
export function blockStates(
  config: PictureDecoderConfig,
  parameters: Parameters,
  input: PictureDecoderInput,
): Tensor[] {
  const grid = gridOf(config, input);
  const states = [linear.forward(place.embed, parameters, entrance(place, parameters, input, grid))];
  for (let i = 0; i < config.blocks; i += 1) {
    states.push(convNextBlock2d.forward(place.block(i), parameters, states[i]!, grid));
  }
  return states;
}

/** Rows at 1/16 to rows at 1/4 and on to pixels. */
function finePicture(
  { fineBlocks }: PictureDecoderConfig,
  parameters: Parameters,
  coarse: Tensor,
  grid: Grid,
): Tensor {
  const { perPosition, patch } = fine;
  const spread = linear.forward(place.refine, parameters, coarse);
  const fineGrid = { ...grid, height: grid.height * perPosition, width: grid.width * perPosition };
  let rows = pixelShuffle(spread, grid, perPosition);
  for (let i = 0; i < fineBlocks; i += 1) {
    rows = convNextBlock2d.forward(place.fineBlock(i), parameters, rows, fineGrid);
  }
  return unpatchify(linear.forward(place.head, parameters, rows), fineGrid, patch);
}

function gridOf(config: PictureDecoderConfig, { latent, side, depth }: PictureDecoderInput): Grid {
  const [batch, height, width] = latent.shape as [number, number, number];
  const { latentDim, sideChannels, layers } = config;
  const whole = [height, width].every((size) => size % scale.cell === 0);
  const expected = [
    [batch, height, width, latentDim],
    [batch, height / scale.cell, width / scale.cell, sideChannels],
    [batch, layers + 1],
  ];
  const found = [latent.shape, side.shape, depth.shape];
  if (whole && found.every((shape, i) => shape.join() === expected[i]!.join())) {
    return { batch, height, width };
  }
  throw new NacreError("shape", {
    found: `latent, side values and depth have shapes ${found.map((shape) => `[${shape.join(", ")}]`).join(", ")}`,
    expected: `[batch, height, width, ${latentDim}] with height and width multiples of ${scale.cell}, [batch, height / ${scale.cell}, width / ${scale.cell}, ${sideChannels}], [batch, ${layers + 1}]`,
  });
}
