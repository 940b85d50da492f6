import { apply, type Op, requireType, type Shape, shapeError, sizeOf, type Tensor } from "../tensor.js";
import { matmul } from "./linear.js";
import { sum } from "./reduce.js";
import { concat, pad, reshape, slice, transpose } from "./shape.js";

/**
 * How a convolution steps; one number per spatial axis.
 *
 * strides, dilations  1 by default
 * groups              channels are cut into so many independent groups
 * pads                [before, after] zeros, 0 by default
 */
export type ConvOptions = {
  bias?: Tensor;
  strides?: readonly number[];
  dilations?: readonly number[];
  groups?: number;
  pads?: readonly (readonly [number, number])[];
};

type Steps = {
  strides: readonly number[];
  dilations: readonly number[];
  groups: number;
  pads: readonly (readonly [number, number])[];
};
type TransposeSteps = Steps & { outputPadding: readonly number[] };

export const convOp: Op<Steps> = {
  name: "conv",
  infer(inputs, steps) {
    requireType("conv", inputs, "float32");
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor?];
    checkSteps("conv", inputs, steps);
    const channels = w.shape[1]! * steps.groups;
    if (
      x.shape[1] !== channels ||
      w.shape[0]! % steps.groups !== 0 ||
      (bias && sizeOf(bias.shape) !== w.shape[0])
    ) {
      throw shapeError("conv", inputs, `x [B, C, ...], w [O, C/${steps.groups}, ...], bias [O]`);
    }
    const spatial = steps.strides.map((stride, i) => {
      const reach = steps.dilations[i]! * (w.shape[i + 2]! - 1) + 1;
      return Math.floor((x.shape[i + 2]! + steps.pads[i]![0] + steps.pads[i]![1] - reach) / stride) + 1;
    });
    return [{ dtype: "float32", shape: [x.shape[0]!, w.shape[0]!, ...spatial] }];
  },
  emit: (emitter, inputs, { attributes }) => emitter.node("Conv", inputs, onnxSteps(attributes)),
  gradient: ({ inputs: [x, w, bias], attributes }, [g]) => [
    inputGradient(g!, w!, x!.shape, attributes),
    weightGradient(x!, g!, w!.shape, attributes),
    ...(bias ? [channelSum(g!)] : []),
  ],
};

export const convTransposeOp: Op<TransposeSteps> = {
  name: "convTranspose",
  infer(inputs, steps) {
    requireType("convTranspose", inputs, "float32");
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor?];
    checkSteps("convTranspose", inputs, steps);
    const channels = w.shape[1]! * steps.groups;
    if (
      x.shape[1] !== w.shape[0] ||
      x.shape[1]! % steps.groups !== 0 ||
      (bias && sizeOf(bias.shape) !== channels)
    ) {
      throw shapeError("convTranspose", inputs, `x [B, C, ...], w [C, O/${steps.groups}, ...], bias [O]`);
    }
    const spatial = steps.strides.map((stride, i) => {
      const reach = steps.dilations[i]! * (w.shape[i + 2]! - 1) + 1;
      const [before, after] = steps.pads[i]!;
      return (x.shape[i + 2]! - 1) * stride + reach - before - after + steps.outputPadding[i]!;
    });
    return [{ dtype: "float32", shape: [x.shape[0]!, channels, ...spatial] }];
  },
  emit: (emitter, inputs, { attributes }) =>
    emitter.node("ConvTranspose", inputs, {
      ...onnxSteps(attributes),
      output_padding: attributes.outputPadding,
    }),
  // It is the adjoint of a convolution with the same kernel, so the roles of x and g are exchanged.
  gradient: ({ inputs: [x, w, bias], attributes }, [g]) => [
    apply(convOp, [cropTo(g!, x!, w!.shape, attributes), w!], attributes),
    weightGradient(g!, x!, w!.shape, attributes),
    ...(bias ? [channelSum(g!)] : []),
  ],
};

// With stride 1 a convolution with flipped kernels beats ConvTranspose several times over.
function inputGradient(g: Tensor, w: Tensor, shape: Shape, steps: Steps): Tensor {
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

function weightGradient(x: Tensor, g: Tensor, shape: Shape, steps: Steps): Tensor {
  const depthwise = shape[1] === 1 && steps.groups === x.shape[1] && shape[0] === steps.groups;
  return depthwise ? depthwiseWeightGradient(x, g, shape, steps) : denseWeightGradient(x, g, shape, steps);
}

// Every channel of every item is an image of its own and its cotangent the kernel that slides over it.
function depthwiseWeightGradient(x: Tensor, g: Tensor, shape: Shape, steps: Steps): Tensor {
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

// What output padding added lies beyond the last place the adjoint convolution reads.
function cropTo(g: Tensor, x: Tensor, kernel: Shape, { strides, dilations, pads }: TransposeSteps): Tensor {
  return strides.reduce((y, stride, i) => {
    const read =
      (x.shape[i + 2]! - 1) * stride + dilations[i]! * (kernel[i + 2]! - 1) + 1 - pads[i]![0] - pads[i]![1];
    return slice(y, i + 2, 0, read);
  }, g);
}

function channelSum(g: Tensor): Tensor {
  return sum(g, [0, ...g.shape.slice(2).map((_, i) => i + 2)]);
}

function onnxSteps({ strides, dilations, groups, pads }: Steps) {
  return {
    strides,
    dilations,
    group: groups,
    pads: [...pads.map(([before]) => before), ...pads.map(([, after]) => after)],
  };
}

function checkSteps(
  op: string,
  inputs: readonly Tensor[],
  { strides, dilations, pads, groups }: Steps,
): void {
  const [x, w] = inputs as [Tensor, Tensor];
  const axes = x.shape.length - 2;
  const fits =
    w.shape.length === x.shape.length && [strides, dilations, pads].every((list) => list.length === axes);
  const whole = [...strides, ...dilations, groups].every((step) => Number.isInteger(step) && step >= 1);
  if (axes < 1 || axes > 2 || !fits || !whole || pads.flat().some((amount) => amount < 0)) {
    throw shapeError(op, inputs, "1 or 2 spatial axes and a stride, a dilation and a padding for each");
  }
}

function complete(x: Tensor, { strides, dilations, groups = 1, pads }: ConvOptions): Steps {
  const spatial = x.shape.slice(2);
  return {
    strides: strides ?? spatial.map(() => 1),
    dilations: dilations ?? spatial.map(() => 1),
    groups,
    pads: pads ?? spatial.map(() => [0, 0] as const),
  };
}

/** Convolution of x [B, C, ...S] with w [O, C/groups, ...K] over one or two spatial axes. */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  return apply(convOp, options.bias ? [x, w, options.bias] : [x, w], complete(x, options));
}

/** The adjoint of `conv`: x [B, C, ...S] with w [C, O/groups, ...K]; `outputPadding` < stride extends the end. */
export function convTranspose(
  x: Tensor,
  w: Tensor,
  options: ConvOptions & { outputPadding?: readonly number[] } = {},
): Tensor {
  const outputPadding = options.outputPadding ?? x.shape.slice(2).map(() => 0);
  return apply(convTransposeOp, options.bias ? [x, w, options.bias] : [x, w], {
    ...complete(x, options),
    outputPadding,
  });
}
