import { conv, reshape, type Tensor, transpose } from "@nacre/graph";
import { type ConvNextOptions, convNextBranch, convNextParameters } from "./conv-next.js";
import type { ParameterSpec, Parameters } from "./network.js";
import { parameter } from "./parameters.js";
import { symmetricField } from "./receptive-field.js";

/** How many pictures of how many positions flat rows hold: picture by picture, line by line. */
export type Grid = { batch: number; height: number; width: number };

/**
 * A ConvNeXt block in two dimensions (Liu et al. 2022, arXiv 2201.03545, figure 4):
 * rows + scale * (expand, GELU, contract)(norm(depthwise convolution(rows))).
 *
 * `kernel` counts positions along a side and is odd; outside of the picture every kernel sees zeros.
 * Rows are flat [batch * height * width, channels], as in one dimension.
 */
export const convNextBlock2d = {
  parameters(prefix: string, options: ConvNextOptions): ParameterSpec[] {
    return convNextParameters(prefix, options, [options.kernel, options.kernel]);
  },

  /**
   * rows     [batch * height * width, channels]
   * returns  as rows
   */
  forward(prefix: string, parameters: Parameters, rows: Tensor, grid: Grid): Tensor {
    const mixed = depthwise(`${prefix}.conv`, parameters, rows, grid);
    return convNextBranch(prefix, parameters, rows, mixed);
  },

  /** Multiply-adds for one position. */
  multiplyAdds({ channels, kernel, expansion }: ConvNextOptions): number {
    return channels * kernel * kernel + 2 * channels * channels * expansion;
  },
};

function depthwise(
  prefix: string,
  parameters: Parameters,
  rows: Tensor,
  { batch, height, width }: Grid,
): Tensor {
  const channels = rows.shape[1]!;
  const weight = parameter(parameters, `${prefix}.weight`);
  const { past, future } = symmetricField(weight.shape[2]!);
  const planes = transpose(reshape(rows, [batch, height, width, channels]), [0, 3, 1, 2]);
  const mixed = conv(planes, weight, {
    bias: parameter(parameters, `${prefix}.bias`),
    groups: channels,
    pads: [
      [past, future],
      [past, future],
    ],
  });
  return reshape(transpose(mixed, [0, 2, 3, 1]), [batch * height * width, channels]);
}
