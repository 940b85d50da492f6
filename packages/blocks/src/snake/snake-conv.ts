import { add, conv, convTranspose, reshape, snake, type Tensor } from "@nacre/graph";
import type { ParameterSpec, Parameters } from "../network.js";
import { parameter } from "../parameters.js";

/**
 * A convolution whose ends see zeros: `kernel` taps `dilation` apart, one output for every `stride` inputs.
 *
 * groups     1, or as many as there are inputs: each channel by itself
 * activated  Snake comes in front of it
 */
export type SnakeConvOptions = {
  inputs: number;
  outputs: number;
  kernel: number;
  stride: number;
  dilation: number;
  groups: number;
  activated: boolean;
};

/** Inputs that lie before and behind those of an output's own stride. */
export type SnakeReach = { before: number; behind: number };

/**
 * How a kernel lies over its stride: half of it on each side at a stride of 1; a kernel of two strides begins half
 * a stride early, rounded up.
 */
export function snakeReach({ kernel, stride, dilation }: SnakeConvOptions): SnakeReach {
  const total = (kernel - 1) * dilation + 1 - stride;
  const before = Math.ceil(total / 2);
  return { before, behind: total - before };
}

/** Convolution over time, Snake in front where it is asked for. Signals are [B, C, T]. */
export const snakeConv = {
  parameters(prefix: string, options: SnakeConvOptions): ParameterSpec[] {
    const { inputs, outputs, kernel, groups, activated } = options;
    const within = inputs / groups;
    return [
      ...(activated ? [alphas(prefix, inputs)] : []),
      ...withBias(prefix, [outputs, within, kernel], within * kernel, outputs),
    ];
  },

  /** x [B, inputs, T], T whole strides -> [B, outputs, T / stride] */
  forward(prefix: string, parameters: Parameters, x: Tensor, options: SnakeConvOptions): Tensor {
    const { stride, dilation, groups, activated } = options;
    const { before, behind } = snakeReach(options);
    return conv(activated ? activation(prefix, parameters, x) : x, weight(prefix, parameters), {
      bias: parameter(parameters, `${prefix}.bias`),
      strides: [stride],
      dilations: [dilation],
      groups,
      pads: [[before, behind]],
    });
  },

  /** Multiply-adds for one input. */
  multiplyAdds: ({ inputs, outputs, kernel, stride, groups }: SnakeConvOptions): number =>
    (inputs * outputs * kernel) / (stride * groups),
};

/** Widths of an upsampling layer, whose kernel spans two of its outputs' strides; whole: see `forward`. */
export type SnakeUpsamplingOptions = { inputs: number; outputs: number; ratio: number; whole: boolean };

/** Snake and a transposed convolution over time. */
export const snakeUpsampling = {
  parameters(prefix: string, { inputs, outputs, ratio }: SnakeUpsamplingOptions): ParameterSpec[] {
    return [alphas(prefix, inputs), ...withBias(prefix, [inputs, outputs, 2 * ratio], 2 * inputs, outputs)];
  },

  /** x [B, inputs, T] -> [B, outputs, T * ratio]; one place fewer at the end for odd ratios that are not `whole` */
  forward(
    prefix: string,
    parameters: Parameters,
    x: Tensor,
    { ratio, whole }: SnakeUpsamplingOptions,
  ): Tensor {
    const early = Math.ceil(ratio / 2);
    return convTranspose(activation(prefix, parameters, x), weight(prefix, parameters), {
      bias: parameter(parameters, `${prefix}.bias`),
      strides: [ratio],
      pads: [[early, early]],
      outputPadding: [whole ? ratio % 2 : 0],
    });
  },

  /** Multiply-adds for one input. */
  multiplyAdds: ({ inputs, outputs, ratio }: SnakeUpsamplingOptions): number => 2 * inputs * outputs * ratio,
};

/** A residual unit: Snake, seven taps `dilation` apart, Snake, one tap, beside the input. */
export type SnakeUnitOptions = { channels: number; dilation: number; depthwise: boolean };

/** The residual unit of DAC and SNAC. Signals are [B, C, T]. */
export const snakeUnit = {
  parameters(prefix: string, options: SnakeUnitOptions): ParameterSpec[] {
    const { wide, narrow } = layersOf(options);
    return [
      ...snakeConv.parameters(`${prefix}.wide`, wide),
      ...snakeConv.parameters(`${prefix}.narrow`, narrow),
    ];
  },

  /** x [B, channels, T] -> the same shape */
  forward(prefix: string, parameters: Parameters, x: Tensor, options: SnakeUnitOptions): Tensor {
    const { wide, narrow } = layersOf(options);
    const inner = snakeConv.forward(`${prefix}.wide`, parameters, x, wide);
    return add(x, snakeConv.forward(`${prefix}.narrow`, parameters, inner, narrow));
  },

  /** The only layer of it that sees neighbours. */
  wide: (options: SnakeUnitOptions): SnakeConvOptions => layersOf(options).wide,

  /** Multiply-adds for one step. */
  multiplyAdds(options: SnakeUnitOptions): number {
    const { wide, narrow } = layersOf(options);
    return snakeConv.multiplyAdds(wide) + snakeConv.multiplyAdds(narrow);
  },
};

function layersOf({ channels, dilation, depthwise }: SnakeUnitOptions) {
  const plain = { inputs: channels, outputs: channels, stride: 1, activated: true };
  return {
    wide: { ...plain, kernel: 7, dilation, groups: depthwise ? channels : 1 },
    narrow: { ...plain, kernel: 1, dilation: 1, groups: 1 },
  };
}

function activation(prefix: string, parameters: Parameters, x: Tensor): Tensor {
  const alpha = parameter(parameters, `${prefix}.snake`);
  return snake(x, reshape(alpha, [1, alpha.shape[0]!, 1]));
}

const weight = (prefix: string, parameters: Parameters) => parameter(parameters, `${prefix}.weight`);

function alphas(prefix: string, channels: number): ParameterSpec {
  return { name: `${prefix}.snake`, shape: [channels], initial: { kind: "ones" }, decay: false };
}

function withBias(prefix: string, shape: number[], fanIn: number, outputs: number): ParameterSpec[] {
  const initial = { kind: "normal" as const, deviation: 1 / Math.sqrt(fanIn) };
  return [
    { name: `${prefix}.weight`, shape, initial, decay: true },
    { name: `${prefix}.bias`, shape: [outputs], initial: { kind: "zeros" }, decay: false },
  ];
}
