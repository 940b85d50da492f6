import { add, concat, conv, convTranspose, elu, pad, slice, type Tensor } from "@nacre/graph";
import type { ParameterSpec, Parameters } from "../network.js";
import { parameter } from "../parameters.js";

/** A convolution that keeps time: `kernel` taps `dilation` apart, one output for every `stride` inputs. */
export type PaddedConvOptions = {
  inputs: number;
  outputs: number;
  kernel: number;
  stride: number;
  dilation: number;
};

/** Inputs that lie before and behind those of an output's own stride. */
export type Reach = { before: number; behind: number };

/**
 * How a kernel lies over its stride: all of it in front when causal, else half on each side, the larger half
 * in front.
 */
export function kernelReach({ kernel, stride, dilation }: PaddedConvOptions, causal: boolean): Reach {
  const total = (kernel - 1) * dilation + 1 - stride;
  const behind = causal ? 0 : Math.floor(total / 2);
  return { before: total - behind, behind };
}

/** Convolution over time whose ends are mirrored, as SEANet has it. Signals are [B, C, T]. */
export const paddedConv = {
  parameters(prefix: string, { inputs, outputs, kernel }: PaddedConvOptions): ParameterSpec[] {
    return withBias(prefix, [outputs, inputs, kernel], inputs * kernel, outputs);
  },

  /** x [B, inputs, T], T whole strides -> [B, outputs, T / stride] */
  forward(
    prefix: string,
    parameters: Parameters,
    x: Tensor,
    options: PaddedConvOptions,
    causal: boolean,
  ): Tensor {
    return conv(mirrored(x, kernelReach(options, causal)), parameter(parameters, `${prefix}.weight`), {
      bias: parameter(parameters, `${prefix}.bias`),
      strides: [options.stride],
      dilations: [options.dilation],
    });
  },
};

/** Widths of an upsampling layer, whose kernel spans two of its outputs' strides. */
export type UpsamplingOptions = { inputs: number; outputs: number; ratio: number };

/** Transposed convolution over time, cut to whole strides. */
export const upsampling = {
  parameters(prefix: string, { inputs, outputs, ratio }: UpsamplingOptions): ParameterSpec[] {
    return withBias(prefix, [inputs, outputs, 2 * ratio], 2 * inputs, outputs);
  },

  /** x [B, inputs, T] -> [B, outputs, T * ratio] */
  forward(
    prefix: string,
    parameters: Parameters,
    x: Tensor,
    { ratio }: UpsamplingOptions,
    causal: boolean,
  ): Tensor {
    const behind = causal ? ratio : Math.floor(ratio / 2);
    return convTranspose(x, parameter(parameters, `${prefix}.weight`), {
      bias: parameter(parameters, `${prefix}.bias`),
      strides: [ratio],
      pads: [[ratio - behind, behind]],
    });
  },
};

/** Width of a residual unit and of what is within, the taps of its first layer, and whether its input is weighed. */
export type ResidualUnitOptions = {
  channels: number;
  hidden: number;
  kernel: number;
  dilation: number;
  shortcut: boolean;
};

/** ELU, a dilated layer, ELU, a layer of one tap, beside the input: the unit of SEANet. Signals are [B, C, T]. */
export const residualUnit = {
  parameters(prefix: string, options: ResidualUnitOptions): ParameterSpec[] {
    const { wide, narrow, beside } = layersOf(options);
    return [
      ...paddedConv.parameters(`${prefix}.wide`, wide),
      ...paddedConv.parameters(`${prefix}.narrow`, narrow),
      ...(options.shortcut ? paddedConv.parameters(`${prefix}.shortcut`, beside) : []),
    ];
  },

  /** x [B, channels, T] -> the same shape */
  forward(
    prefix: string,
    parameters: Parameters,
    x: Tensor,
    options: ResidualUnitOptions,
    causal: boolean,
  ): Tensor {
    const { wide, narrow, beside } = layersOf(options);
    const inner = paddedConv.forward(`${prefix}.wide`, parameters, elu(x), wide, causal);
    const branch = paddedConv.forward(`${prefix}.narrow`, parameters, elu(inner), narrow, causal);
    if (!options.shortcut) return add(x, branch);
    return add(paddedConv.forward(`${prefix}.shortcut`, parameters, x, beside, causal), branch);
  },

  /** The layer that reaches beyond its own place. */
  wide: (options: ResidualUnitOptions): PaddedConvOptions => layersOf(options).wide,

  /** Multiply-adds for one place in time. */
  multiplyAdds({ channels, hidden, kernel, shortcut }: ResidualUnitOptions): number {
    return channels * hidden * (kernel + 1) + (shortcut ? channels * channels : 0);
  },
};

function layersOf({ channels, hidden, kernel, dilation }: ResidualUnitOptions) {
  const one = { kernel: 1, stride: 1, dilation: 1 };
  return {
    wide: { inputs: channels, outputs: hidden, kernel, stride: 1, dilation },
    narrow: { inputs: hidden, outputs: channels, ...one },
    beside: { inputs: channels, outputs: channels, ...one },
  };
}

// What is too short to be mirrored is first lengthened by zeros at its end, and cut again.
function mirrored(x: Tensor, { before, behind }: Reach): Tensor {
  const size = x.shape[2]!;
  const missing = Math.max(0, Math.max(before, behind) - size + 1);
  const long = pad(x, [
    [0, 0],
    [0, 0],
    [0, missing],
  ]);
  const last = size + missing - 1;
  const front = before > 0 ? [reversed(slice(long, 2, 1, before + 1))] : [];
  const back = behind > 0 ? [reversed(slice(long, 2, last - behind, last))] : [];
  const whole = front.length + back.length > 0 ? concat([...front, long, ...back], 2) : long;
  return missing > 0 ? slice(whole, 2, 0, before + size + behind) : whole;
}

function reversed(x: Tensor): Tensor {
  const size = x.shape[2]!;
  return slice(x, 2, size - 1, -size - 1, -1);
}

function withBias(prefix: string, shape: number[], fanIn: number, outputs: number): ParameterSpec[] {
  const initial = { kind: "normal" as const, deviation: 1 / Math.sqrt(fanIn) };
  return [
    { name: `${prefix}.weight`, shape, initial, decay: true },
    { name: `${prefix}.bias`, shape: [outputs], initial: { kind: "zeros" }, decay: false },
  ];
}
