import type { Sample, Samples } from "../sample.js";
import { apply, type Op, requireType, type Shape, sameShape, shapeError, type Tensor } from "../tensor.js";
import { channelSum, inputGradient, weightGradient } from "./convolution-gradient.js";

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

/** `ConvOptions` with nothing left out. */
export type Steps = {
  strides: readonly number[];
  dilations: readonly number[];
  groups: number;
  pads: readonly (readonly [number, number])[];
};
/** Steps of a transposed convolution. */
export type TransposeSteps = Steps & { outputPadding: readonly number[] };

type SampleOptions = Omit<ConvOptions, "bias">;

function convSample(x: Shape, w: Shape, options: SampleOptions = {}, biased = false): Sample<Steps> {
  const bias = biased ? [[w[0]!]] : [];
  return { shapes: [x, w, ...bias], attributes: complete(x, options) };
}

function convSamples(): Samples<Steps> {
  const [one, two] = [
    { strides: [3], pads: [[2, 1]] },
    { strides: [2, 1], dilations: [1, 2] },
  ] as const;
  return [
    convSample([2, 3, 9], [4, 3, 3], {}, true),
    convSample([1, 2, 8], [2, 2, 8]),
    convSample([3, 2, 5], [3, 2, 1]),
    convSample([2, 2, 6], [3, 2, 3], { pads: [[4, 0]] }), // padding beyond the kernel
    convSample([1, 4, 11], [6, 2, 3], { groups: 2, strides: [2], dilations: [2], pads: [[1, 2]] }, true),
    convSample([2, 3, 12], [3, 1, 4], { groups: 3, ...one }), // depthwise, places left over
    convSample([2, 3, 12], [6, 1, 3], { groups: 3, ...one }), // two kernels a channel
    convSample([2, 3, 9], [3, 1, 3], { groups: 3, dilations: [3] }, true),
    convSample([2, 2, 5, 6], [3, 2, 2, 3], {}, true),
    convSample([1, 4, 6, 7], [4, 2, 3, 2], {
      groups: 2,
      ...two,
      pads: [
        [1, 0],
        [0, 2],
      ],
    }),
    convSample(
      [2, 3, 6, 5],
      [3, 1, 3, 3],
      {
        groups: 3,
        pads: [
          [1, 1],
          [1, 1],
        ],
      },
      true,
    ),
    convSample([2, 2, 7, 6], [2, 1, 3, 2], { groups: 2, ...two }), // depthwise, two axes
    convSample(
      [2, 3, 2, 3],
      [3, 1, 5, 5],
      {
        groups: 3,
        pads: [
          [2, 2],
          [2, 2],
        ],
      },
      true,
    ), // a kernel larger than the picture
    convSample([1, 2, 6, 5], [2, 1, 2, 3], {
      groups: 2,
      strides: [2, 1],
      dilations: [2, 1],
      pads: [
        [0, 3],
        [2, 0],
      ],
    }), // depthwise, every step at once
    convSample([3, 2, 6, 6], [2, 2, 2, 2], { strides: [3, 2] }),
  ];
}

export const convOp: Op<Steps> = {
  name: "conv",
  samples: convSamples(),
  infer(inputs, steps) {
    requireType("conv", inputs, "float32");
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor?];
    checkSteps("conv", inputs, steps);
    const channels = w.shape[1]! * steps.groups;
    if (
      x.shape[1] !== channels ||
      w.shape[0]! % steps.groups !== 0 ||
      (bias && !sameShape(bias.shape, [w.shape[0]!]))
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

function transposeSample(
  x: Shape,
  w: Shape,
  { outputPadding = x.slice(2).map(() => 0), ...options }: SampleOptions & { outputPadding?: number[] } = {},
  biased = false,
): Sample<TransposeSteps> {
  const bias = biased ? [[w[1]! * (options.groups ?? 1)]] : [];
  return { shapes: [x, w, ...bias], attributes: { ...complete(x, options), outputPadding } };
}

function convTransposeSamples(): Samples<TransposeSteps> {
  const sparse = { strides: [3], outputPadding: [2] };
  return [
    transposeSample([2, 3, 4], [3, 2, 3], {}, true),
    transposeSample([1, 2, 4], [2, 3, 4], { strides: [2], pads: [[1, 1]] }),
    transposeSample([2, 2, 3], [2, 2, 3], sparse),
    transposeSample([2, 2, 4], [2, 2, 5], { ...sparse, pads: [[1, 2]] }), // takes back what was cropped
    transposeSample([2, 2, 4], [2, 2, 5], { ...sparse, pads: [[0, 1]] }, true), // and one place more
    transposeSample([1, 4, 3], [4, 3, 3], { groups: 2, strides: [2], dilations: [2] }, true),
    transposeSample([2, 3, 4], [3, 1, 4], { groups: 3, strides: [2], pads: [[0, 1]] }), // depthwise
    transposeSample([2, 2, 2, 3], [2, 3, 3, 2], {}, true),
    transposeSample([1, 4, 3, 2], [4, 1, 2, 3], { groups: 4, strides: [2, 3], outputPadding: [1, 0] }),
    transposeSample([2, 4, 2, 3], [4, 2, 3, 3], {
      groups: 2,
      strides: [2, 1],
      pads: [
        [1, 0],
        [1, 1],
      ],
    }),
  ];
}

export const convTransposeOp: Op<TransposeSteps> = {
  name: "convTranspose",
  samples: convTransposeSamples(),
  infer(inputs, steps) {
    requireType("convTranspose", inputs, "float32");
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor?];
    checkSteps("convTranspose", inputs, steps);
    checkOutputPadding(inputs, steps);
    const channels = w.shape[1]! * steps.groups;
    if (
      x.shape[1] !== w.shape[0] ||
      x.shape[1]! % steps.groups !== 0 ||
      (bias && !sameShape(bias.shape, [channels]))
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
    // Output padding is below the stride, so it makes room for no further place.
    apply(convOp, [g!, w!], attributes),
    weightGradient(g!, x!, w!.shape, attributes),
    ...(bias ? [channelSum(g!)] : []),
  ],
};

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
  if (axes < 1 || axes > 2 || !fits || !whole || !pads.flat().every(natural)) {
    throw shapeError(op, inputs, "1 or 2 spatial axes and a stride, a dilation and a padding for each");
  }
}

function checkOutputPadding(inputs: readonly Tensor[], { outputPadding, strides }: TransposeSteps): void {
  const fits = outputPadding.every((amount, i) => natural(amount) && amount < strides[i]!);
  if (outputPadding.length === strides.length && fits) return;
  throw shapeError("convTranspose", inputs, `output padding below the stride instead of [${outputPadding}]`);
}

const natural = (amount: number) => Number.isInteger(amount) && amount >= 0;

function complete(x: Shape, { strides, dilations, groups = 1, pads }: Omit<ConvOptions, "bias">): Steps {
  const spatial = x.slice(2);
  return {
    strides: strides ?? spatial.map(() => 1),
    dilations: dilations ?? spatial.map(() => 1),
    groups,
    pads: pads ?? spatial.map(() => [0, 0] as const),
  };
}

/** Convolution of x [B, C, ...S] with w [O, C/groups, ...K] over one or two spatial axes. */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  return apply(convOp, options.bias ? [x, w, options.bias] : [x, w], complete(x.shape, options));
}

/**
 * The adjoint of `conv`: x [B, C, ...S] with w [C, O/groups, ...K]; `outputPadding`, below the stride,
 * extends the end and takes back first what `pads` cropped there.
 */
export function convTranspose(
  x: Tensor,
  w: Tensor,
  options: ConvOptions & { outputPadding?: readonly number[] } = {},
): Tensor {
  const outputPadding = options.outputPadding ?? x.shape.slice(2).map(() => 0);
  return apply(convTransposeOp, options.bias ? [x, w, options.bias] : [x, w], {
    ...complete(x.shape, options),
    outputPadding,
  });
}
