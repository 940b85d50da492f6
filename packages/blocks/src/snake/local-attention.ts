import {
  add,
  concat,
  constant,
  layerNorm,
  matmul,
  mul,
  neg,
  reshape,
  slice,
  softmax,
  split,
  type Tensor,
  transpose,
} from "@nacre/graph";
import type { ParameterSpec, Parameters } from "../network.js";
import { parameter } from "../parameters.js";

/** Values of one head. */
export const headWidth = 64;

/** channels: a multiple of `headWidth`; window: frames that see each other, laid end to end from the first on */
export type LocalAttentionOptions = { channels: number; window: number };

/**
 * Attention among the frames of a window, beside the input, as SNAC has it: layer norm, heads of 64 values whose
 * place is turned into an angle (Su et al. 2021, arXiv 2104.09864), no bias.
 */
export const localAttention = {
  parameters(prefix: string, { channels }: LocalAttentionOptions): ParameterSpec[] {
    const initial = { kind: "normal" as const, deviation: 1 / Math.sqrt(channels) };
    return [
      { name: `${prefix}.norm.scale`, shape: [channels], initial: { kind: "ones" }, decay: false },
      { name: `${prefix}.norm.bias`, shape: [channels], initial: { kind: "zeros" }, decay: false },
      { name: `${prefix}.project`, shape: [channels, 3 * channels], initial, decay: true },
      { name: `${prefix}.expand`, shape: [channels, channels], initial, decay: true },
    ];
  },

  /** x [B, channels, T], T whole windows -> the same shape */
  forward(
    prefix: string,
    parameters: Parameters,
    x: Tensor,
    { channels, window }: LocalAttentionOptions,
  ): Tensor {
    const [batch, , steps] = x.shape as [number, number, number];
    const of = (part: string) => parameter(parameters, `${prefix}.${part}`);
    const rows = layerNorm(transpose(x, [0, 2, 1]), of("norm.scale"), of("norm.bias"));
    const heads = channels / headWidth;
    const apart = (part: Tensor) =>
      transpose(reshape(part, [batch, steps / window, window, heads, headWidth]), [0, 1, 3, 2, 4]);
    const [asked, offered, given] = split(matmul(rows, of("project")), Array(3).fill(channels), 2).map(
      apart,
    ) as [Tensor, Tensor, Tensor];
    const scores = matmul(turned(asked), transpose(turned(offered), [0, 1, 2, 4, 3]));
    const heard = matmul(softmax(mul(scores, 1 / Math.sqrt(headWidth)), 4), given);
    const joined = reshape(transpose(heard, [0, 1, 3, 2, 4]), [batch, steps, channels]);
    return add(x, transpose(matmul(joined, of("expand")), [0, 2, 1]));
  },

  /** Multiply-adds for one frame. */
  multiplyAdds: ({ channels, window }: LocalAttentionOptions): number =>
    4 * channels * channels + 2 * channels * window,
};

/** Turns the pair of values d and d + 32 of place t by t / 10000^(d / 32). x [..., window, headWidth] */
function turned(x: Tensor): Tensor {
  const [window, half] = [x.shape.at(-2)!, headWidth / 2];
  const axis = x.shape.length - 1;
  const table = (of: (angle: number) => number) =>
    constant(
      Float32Array.from({ length: window * headWidth }, (_, at) =>
        of(Math.floor(at / headWidth) * turn((at % headWidth) % half)),
      ),
      [window, headWidth],
    );
  const crossed = concat([neg(slice(x, axis, half, headWidth)), slice(x, axis, 0, half)], axis);
  return add(mul(x, table(Math.cos)), mul(crossed, table(Math.sin)));
}

/** Radians from one place to the next, for value d of 0 .. 31. */
export function turn(d: number): number {
  return 10_000 ** (-d / (headWidth / 2));
}
