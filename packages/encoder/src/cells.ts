import {
  chainFields,
  countParameters,
  type Grid,
  linear,
  type ParameterSpec,
  type Parameters,
  type PictureDescription,
  pixelUnshuffle,
  symmetricField,
} from "@nacre/blocks";
import { gelu, reshape, type Tensor } from "@nacre/graph";

/** Pixels along a side of a position, and positions along a side of a cell of side values. */
export const scale = { patch: 16, cell: 4 };

/**
 * What all branches start at together beside the residual. The rows are a cosine transform at first, and
 * what a branch adds to it before it has learned anything is noise that has to be coded.
 */
export const startingBranch = 0.05;

/** Rows of the latent, a cell at a time, to side values [B, height / 64, width / 64, sideChannels]. */
export function sideForward(
  place: { sideEmbed: string; sideHead: string },
  sideChannels: number,
  parameters: Parameters,
  latent: Tensor,
  grid: Grid,
): Tensor {
  const cells = pixelUnshuffle(latent, grid, scale.cell);
  const hidden = gelu(linear.forward(place.sideEmbed, parameters, cells));
  const side = linear.forward(place.sideHead, parameters, hidden);
  return reshape(side, [grid.batch, grid.height / scale.cell, grid.width / scale.cell, sideChannels]);
}

/** Facts of an encoder with blocks at 1/16 and side values at 1/64; `multiplyAdds` of a position and of a cell. */
export function describeEncoder(
  config: { blocks: number; kernel: number; latentDim: number; sideChannels: number },
  specs: readonly ParameterSpec[],
  multiplyAdds: { position: number; cell: number },
): PictureDescription {
  const { blocks, kernel, latentDim, sideChannels } = config;
  const perPosition = multiplyAdds.position + multiplyAdds.cell / scale.cell ** 2;
  return {
    receptiveField: chainFields(new Array(blocks).fill(symmetricField(kernel))),
    multiplyAddsPerPixel: perPosition / scale.patch ** 2,
    parameterCount: countParameters(specs),
    ...scale,
    latentDim,
    sideChannels,
  };
}
