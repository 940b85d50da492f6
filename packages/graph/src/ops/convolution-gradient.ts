/** Gradients of convolutions, in terms of the ops that run fastest. */
import { apply, type Shape, sizeOf, type Tensor } from "../tensor.js";
import { conv, convTransposeOp, type Steps } from "./convolution.js";
import { mul } from "./elementwise.js";
import { gemm, matmul } from "./linear.js";
import { sum } from "./reduce.js";
import { concat, reshape, transpose } from "./shape.js";
import { pad, slice } from "./slice-pad.js";
import { fill } from "./source.js";

// With stride 1 a convolution with flipped kernels beats ConvTranspose several times over.
export function inputGradient(g: Tensor, w: Tensor, shape: Shape, steps: Steps): Tensor {
  const spatial = shape.slice(2);
  const reach = spatial.map((_, i) => steps.dilations[i]! * (w.shape[i + 2]! - 1));
  if (steps.strides.every((stride) => stride === 1)) {
    const margins = reach.map((r, i) => [r - steps.pads[i]![0], r - steps.pads[i]![1]] as const);
    const cropped = pad(g, [
      [0, 0],
      [0, 0],
      ...margins.map((pair) => pair.map((amount) => Math.min(amount, 0))),
    ]);
    const pads = margins.map(([before, after]) => [Math.max(before, 0), Math.max(after, 0)] as const);
    return conv(cropped, flipped(w, steps.groups), {
      dilations: steps.dilations,
      groups: steps.groups,
      pads,
    });
  }
  const outputPadding = spatial.map(
    (size, i) =>
      size +
      steps.pads[i]![0] +
      steps.pads[i]![1] -
      reach[i]! -
      1 -
      (g.shape[i + 2]! - 1) * steps.strides[i]!,
  );
  return apply(convTransposeOp, [g, w], { ...steps, outputPadding });
}

// [O, C/G, K] to [C, O/G, K] with every spatial axis reversed.
function flipped(w: Tensor, groups: number): Tensor {
  const [outs, ins, ...kernel] = w.shape as [number, number, ...number[]];
  const grouped = reshape(w, [groups, outs / groups, ins, ...kernel]);
  const spatial = kernel.map((_, i) => i + 3);
  const swapped = reshape(transpose(grouped, [0, 2, 1, ...spatial]), [
    groups * ins,
    outs / groups,
    ...kernel,
  ]);
  return kernel.reduce((x, size, i) => (size > 1 ? slice(x, i + 2, size - 1, -size - 1, -1) : x), swapped);
}

export function weightGradient(x: Tensor, g: Tensor, shape: Shape, steps: Steps): Tensor {
  const depthwise = shape[1] === 1 && steps.groups === x.shape[1] && shape[0] === steps.groups;
  return depthwise ? depthwiseWeightGradient(x, g, shape, steps) : denseWeightGradient(x, g, shape, steps);
}

function depthwiseWeightGradient(x: Tensor, g: Tensor, shape: Shape, steps: Steps): Tensor {
  return shape.length === 4 ? planarTaps(x, g, shape, steps) : groupedTaps(x, g, shape, steps);
}

// Over two axes: per tap, the places it saw times the cotangent, summed by a product with ones. Channels
// come last, so that every pass runs along memory: a third to two thirds of the time of one convolution with
// a group per image, for kernels of 3 to 7; and blocks that keep channels last cancel both transposes.
function planarTaps(x: Tensor, g: Tensor, shape: Shape, { strides, dilations, pads }: Steps): Tensor {
  const channels = shape[0]!;
  const [, , height, width] = g.shape as [number, number, number, number];
  const padded = pad(transpose(x, [0, 2, 3, 1]), [[0, 0], ...pads, [0, 0]]);
  const cotangent = transpose(g, [0, 2, 3, 1]);
  const ones = fill(1, [1, sizeOf(g.shape) / channels]);
  const cut = (y: Tensor, axis: number, tap: number, places: number) => {
    const start = tap * dilations[axis - 1]!;
    const stride = strides[axis - 1]!;
    return slice(y, axis, start, start + (places - 1) * stride + 1, stride);
  };
  const taps = Array.from({ length: shape[2]! }, (_, row) => {
    const seen = cut(padded, 1, row, height);
    return Array.from({ length: shape[3]! }, (_, column) =>
      gemm(ones, reshape(mul(cut(seen, 2, column, width), cotangent), [-1, channels])),
    );
  });
  return reshape(transpose(concat(taps.flat(), 0), [1, 0]), shape);
}

// Every channel of every item is an image of its own and its cotangent the kernel that slides over it.
function groupedTaps(x: Tensor, g: Tensor, shape: Shape, steps: Steps): Tensor {
  const [batch, channels] = x.shape as [number, number];
  const images = reshape(x, [1, batch * channels, ...x.shape.slice(2)]);
  const kernels = reshape(g, [batch * channels, 1, ...g.shape.slice(2)]);
  const { strides, dilations, pads } = steps;
  const taps = conv(images, kernels, {
    strides: dilations,
    dilations: strides,
    pads,
    groups: batch * channels,
  });
  // A stride that does not divide the input leaves positions after the last tap.
  const cropped = shape.slice(2).reduce((y, size, i) => slice(y, i + 2, 0, size), taps);
  return reshape(sum(reshape(cropped, [batch, channels, ...shape.slice(2)]), [0]), shape);
}

// Slices of the padded input, one per tap, times the cotangent: one batched product.
function denseWeightGradient(
  x: Tensor,
  g: Tensor,
  shape: Shape,
  { strides, dilations, groups, pads }: Steps,
): Tensor {
  const [outs, ins, ...kernel] = shape as [number, number, ...number[]];
  const batch = x.shape[0]!;
  const places = g.shape.slice(2);
  const padded = pad(x, [[0, 0], [0, 0], ...pads]);
  const taps = tapsOf(kernel).map((tap) => {
    const cut = tap.reduce((y, offset, i) => {
      const start = offset * dilations[i]!;
      return slice(y, i + 2, start, start + (places[i]! - 1) * strides[i]! + 1, strides[i]!);
    }, padded);
    return reshape(cut, [batch, groups, 1, ins, sizeOf(places)]);
  });
  const columns = reshape(concat(taps, 2), [batch, groups, taps.length * ins, sizeOf(places)]);
  const rows = reshape(g, [batch, groups, outs / groups, sizeOf(places)]);
  const product = sum(matmul(rows, transpose(columns, [0, 1, 3, 2])), [0]);
  const byTap = reshape(product, [outs, taps.length, ins]);
  return reshape(transpose(byTap, [0, 2, 1]), shape);
}

function tapsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, offset) => [...tap, offset])),
    [[]],
  );
}

export function channelSum(g: Tensor): Tensor {
  return sum(g, [0, ...g.shape.slice(2).map((_, i) => i + 2)]);
}
