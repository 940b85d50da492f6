import {
  convNextBlock2d,
  type FrameDecoderInput,
  type Grid,
  halfSize,
  linear,
  type Parameters,
  patchify,
  pixelShuffle,
  unpatchify,
} from "@nacre/blocks";
import { NacreError } from "@nacre/errors";
import { add, concat, type Tensor } from "@nacre/graph";
import { entrance } from "../latent-entrance.js";
import { fine, scale } from "../quarter-positions.js";
import type { FrameDecoderConfig } from "./config.js";
import { place } from "./parameters.js";

/**
 * The decoder's graph.
 *
 * latent      [B, height / 16, width / 16, latentDim], quantized: the sum of as many layers as depth says
 * side        [B, height / 64, width / 64, sideChannels], whole numbers
 * depth       [B, layers + 1], one-hot
 * prediction  [B, 3, height, width]
 * returns     [B, 3, height, width], about -0.5 .. 0.5 and not clipped to it
 */
export function decoderForward(
  config: FrameDecoderConfig,
  parameters: Parameters,
  input: FrameDecoderInput,
): Tensor {
  const grid = gridOf(config, input);
  const shown = patchify(halfSize(input.prediction), scale.patch / 2);
  const entered = concat([entrance(place, parameters, input, grid), shown], 1);
  let rows = linear.forward(place.embed, parameters, entered);
  for (let i = 0; i < config.blocks; i += 1) {
    rows = convNextBlock2d.forward(place.block(i), parameters, rows, grid);
  }
  return add(input.prediction, difference(config, parameters, rows, input.prediction, grid));
}

/** Rows at 1/16 to rows at 1/4, beside those of the prediction, and on to pixels that are added to it. */
function difference(
  { fineBlocks }: FrameDecoderConfig,
  parameters: Parameters,
  coarse: Tensor,
  prediction: Tensor,
  grid: Grid,
): Tensor {
  const { perPosition, patch } = fine;
  const spread = pixelShuffle(linear.forward(place.refine, parameters, coarse), grid, perPosition);
  const shown = linear.forward(place.fineTold, parameters, patchify(prediction, patch));
  const fineGrid = { ...grid, height: grid.height * perPosition, width: grid.width * perPosition };
  let rows = concat([spread, shown], 1);
  for (let i = 0; i < fineBlocks; i += 1) {
    rows = convNextBlock2d.forward(place.fineBlock(i), parameters, rows, fineGrid);
  }
  return unpatchify(linear.forward(place.head, parameters, rows), fineGrid, patch);
}

function gridOf(config: FrameDecoderConfig, { latent, side, depth, prediction }: FrameDecoderInput): Grid {
  const [batch, height, width] = latent.shape as [number, number, number];
  const { latentDim, sideChannels, layers } = config;
  const whole = [height, width].every((size) => size % scale.cell === 0);
  const expected = [
    [batch, height, width, latentDim],
    [batch, height / scale.cell, width / scale.cell, sideChannels],
    [batch, layers + 1],
    [batch, 3, height * scale.patch, width * scale.patch],
  ];
  const found = [latent.shape, side.shape, depth.shape, prediction.shape];
  if (whole && found.every((shape, i) => shape.join() === expected[i]!.join())) {
    return { batch, height, width };
  }
  throw new NacreError("shape", {
    found: `latent, side values, depth and prediction have shapes ${found.map((shape) => `[${shape.join(", ")}]`).join(", ")}`,
    expected: `[batch, height, width, ${latentDim}] with height and width multiples of ${scale.cell}, [batch, height / ${scale.cell}, width / ${scale.cell}, ${sideChannels}], [batch, ${layers + 1}], and pixels of ${scale.patch} times the latent's size`,
  });
}
