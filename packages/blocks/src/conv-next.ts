import { add, conv, gelu, gemm, mul, reshape, slice, type Tensor, transpose } from "@nacre/graph";
import { linear } from "./linear.js";
import type { ParameterSpec, Parameters, ReceptiveField } from "./network.js";
import { parameter, sizeOf } from "./parameters.js";
import { rowNorm } from "./row-norm.js";

/**
 * channels    width C of the rows
 * kernel      frames of the depthwise convolution
 * expansion   hidden width over C
 * layerScale  what the branch starts at beside the residual, about 1 / number of blocks
 */
export type ConvNextOptions = { channels: number; kernel: number; expansion: number; layerScale: number };

/** How many sequences of how many frames the flat rows hold, sequence by sequence. */
export type RowLayout = { batch: number; frames: number };

/**
 * A ConvNeXt block in one dimension (Liu et al. 2022, arXiv 2201.03545, figure 4; in time as Siuzdak
 * 2023, arXiv 2306.00814): rows + scale * (expand, GELU, contract)(norm(depthwise convolution(rows))).
 *
 * Rows are flat [batch * frames, channels], because matrix products on flat rows need no transposes.
 */
export const convNextBlock = {
  parameters(prefix: string, options: ConvNextOptions): ParameterSpec[] {
    return convNextParameters(prefix, options, [options.kernel]);
  },

  /**
   * rows     [batch * frames, channels]
   * field    how the kernel lies in time; past + future = kernel - 1, padded with zeros
   * returns  as rows
   */
  forward(
    prefix: string,
    parameters: Parameters,
    rows: Tensor,
    layout: RowLayout,
    field: ReceptiveField,
  ): Tensor {
    const mixed = depthwise(`${prefix}.conv`, parameters, rows, layout, field);
    return convNextBranch(prefix, parameters, rows, mixed);
  },

  /**
   * The rows of `forward` that see no padding, for running: the first `past` and last `future` frames of
   * each sequence, which would see zeros, are left out.
   *
   * rows     [batch * frames, channels]
   * returns  [batch * (frames - past - future), channels]
   */
  inner(
    prefix: string,
    parameters: Parameters,
    rows: Tensor,
    { batch, frames }: RowLayout,
    { past, future }: ReceptiveField,
  ): Tensor {
    const channels = rows.shape[1]!;
    const mixed = depthwise(`${prefix}.conv`, parameters, rows, { batch, frames }, { past: 0, future: 0 });
    const kept = slice(reshape(rows, [batch, frames, channels]), 1, past, frames - future);
    return convNextBranch(prefix, parameters, reshape(kept, [mixed.shape[0]!, channels]), mixed);
  },

  /** Multiply-adds for one frame. */
  multiplyAdds({ channels, kernel, expansion }: ConvNextOptions): number {
    return channels * kernel + 2 * channels * channels * expansion;
  },
};

/** The tensors of a block whose depthwise kernels have this shape. */
export function convNextParameters(
  prefix: string,
  { channels, expansion, layerScale }: ConvNextOptions,
  kernel: readonly number[],
): ParameterSpec[] {
  const hidden = channels * expansion;
  return [
    {
      name: `${prefix}.conv.weight`,
      shape: [channels, 1, ...kernel],
      initial: { kind: "normal", deviation: 1 / Math.sqrt(sizeOf(kernel)) },
      decay: true,
    },
    { name: `${prefix}.conv.bias`, shape: [channels], initial: { kind: "zeros" }, decay: false },
    ...rowNorm.parameters(`${prefix}.norm`, channels),
    ...linear.parameters(`${prefix}.expand`, { inputs: channels, outputs: hidden }),
    ...linear.parameters(`${prefix}.contract`, { inputs: hidden, outputs: channels }),
    {
      name: `${prefix}.layerScale`,
      shape: [channels],
      initial: { kind: "constant", value: layerScale },
      decay: false,
    },
  ];
}

/** What a block does to the rows that its depthwise convolution gave, and the residual. */
export function convNextBranch(prefix: string, parameters: Parameters, rows: Tensor, mixed: Tensor): Tensor {
  const normed = rowNorm.forward(`${prefix}.norm`, parameters, mixed);
  const hidden = gelu(linear.forward(`${prefix}.expand`, parameters, normed));
  return add(rows, scaledContract(prefix, parameters, hidden));
}

function depthwise(
  prefix: string,
  parameters: Parameters,
  rows: Tensor,
  { batch, frames }: RowLayout,
  { past, future }: ReceptiveField,
): Tensor {
  const channels = rows.shape[1]!;
  const sequences = transpose(reshape(rows, [batch, frames, channels]), [0, 2, 1]);
  const mixed = conv(sequences, parameter(parameters, `${prefix}.weight`), {
    bias: parameter(parameters, `${prefix}.bias`),
    groups: channels,
    pads: [[past, future]],
  });
  return reshape(transpose(mixed, [0, 2, 1]), [batch * mixed.shape[2]!, channels]);
}

// The scale multiplies the matrix and not the rows: once weights are baked the product is a constant,
// and one pass over the rows is saved.
function scaledContract(prefix: string, parameters: Parameters, hidden: Tensor): Tensor {
  const scale = parameter(parameters, `${prefix}.layerScale`);
  const weight = mul(parameter(parameters, `${prefix}.contract.weight`), scale);
  const bias = mul(parameter(parameters, `${prefix}.contract.bias`), scale);
  return gemm(hidden, weight, { bias });
}
