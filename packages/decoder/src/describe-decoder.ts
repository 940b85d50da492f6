import {
  chainFields,
  countParameters,
  type ParameterSpec,
  type PictureDecoder,
  symmetricField,
} from "@nacre/blocks";
import { fine, scale } from "./quarter-positions.js";

/** What the facts of a decoder with blocks at 1/16 and at 1/4 come from. */
type TwoScales = {
  latentDim: number;
  sideChannels: number;
  layers: number;
  blocks: number;
  kernel: number;
  fineBlocks: number;
  fineKernel: number;
};

/**
 * Facts of a decoder with blocks at 1/16 and at 1/4.
 *
 * multiplyAdds  of a cell, a position and a quarter position; rows of gain and bias are chosen once a picture and do not count
 */
export function describeDecoder(
  { latentDim, sideChannels, layers, blocks, kernel, fineBlocks, fineKernel }: TwoScales,
  specs: readonly ParameterSpec[],
  multiplyAdds: { cell: number; position: number; quarter: number },
): ReturnType<PictureDecoder<unknown>["describe"]> {
  const { past } = chainFields(new Array(fineBlocks).fill(symmetricField(fineKernel)));
  // Whole positions that the blocks at 1/4 reach into.
  const reach = Math.ceil(past / fine.perPosition);
  const perPosition =
    multiplyAdds.cell / scale.cell ** 2 +
    multiplyAdds.position +
    multiplyAdds.quarter * fine.perPosition ** 2;
  return {
    receptiveField: chainFields([
      ...new Array(blocks).fill(symmetricField(kernel)),
      { past: reach, future: reach },
    ]),
    multiplyAddsPerPixel: perPosition / scale.patch ** 2,
    parameterCount: countParameters(specs),
    ...scale,
    latentDim,
    sideChannels,
    layers,
  };
}
