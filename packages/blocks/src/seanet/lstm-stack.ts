import { add, lstm, reshape, type Tensor, transpose } from "@nacre/graph";
import type { ParameterSpec, Parameters } from "../network.js";
import { parameter } from "../parameters.js";

/** Width of the sequence and number of layers. */
export type LstmStackOptions = { channels: number; layers: number };

/** LSTM layers one upon the other, beside their input: what they hear adds to it. They run and cannot be trained. */
export const lstmStack = {
  parameters(prefix: string, { channels, layers }: LstmStackOptions): ParameterSpec[] {
    const initial = { kind: "uniform" as const, bound: 1 / Math.sqrt(channels) };
    return Array.from({ length: layers }, (_, layer) => [
      { name: `${prefix}.${layer}.input`, shape: [1, 4 * channels, channels], initial, decay: true },
      { name: `${prefix}.${layer}.state`, shape: [1, 4 * channels, channels], initial, decay: true },
      { name: `${prefix}.${layer}.bias`, shape: [1, 8 * channels], initial, decay: false },
    ]).flat();
  },

  /** x [B, channels, T] -> the same shape */
  forward(prefix: string, parameters: Parameters, x: Tensor, { channels, layers }: LstmStackOptions): Tensor {
    const [batch, , steps] = x.shape as [number, number, number];
    const sequence = transpose(x, [2, 0, 1]);
    let heard = sequence;
    for (let layer = 0; layer < layers; layer += 1) {
      const of = (part: string) => parameter(parameters, `${prefix}.${layer}.${part}`);
      heard = reshape(lstm(heard, of("input"), of("state"), of("bias")), [steps, batch, channels]);
    }
    return transpose(add(heard, sequence), [1, 2, 0]);
  },

  /** Multiply-adds for one step. */
  multiplyAdds: ({ channels, layers }: LstmStackOptions): number => layers * 8 * channels * channels,
};
