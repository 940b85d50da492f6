import { gemm, type Tensor } from "@nacre/graph";
import type { Initial, ParameterSpec, Parameters } from "./network.js";
import { parameter } from "./parameters.js";

/** Widths of a linear map, and how it starts (weight: keeps the variance; bias: zeros). */
export type LinearOptions = { inputs: number; outputs: number; weight?: Initial; bias?: Initial };

/** y = x W + b on flat rows [N, inputs] -> [N, outputs]; W is [inputs, outputs]. */
export const linear = {
  parameters(prefix: string, { inputs, outputs, weight, bias }: LinearOptions): ParameterSpec[] {
    const variancePreserving: Initial = { kind: "normal", deviation: 1 / Math.sqrt(inputs) };
    return [
      {
        name: `${prefix}.weight`,
        shape: [inputs, outputs],
        initial: weight ?? variancePreserving,
        decay: true,
      },
      { name: `${prefix}.bias`, shape: [outputs], initial: bias ?? { kind: "zeros" }, decay: false },
    ];
  },

  forward(prefix: string, parameters: Parameters, rows: Tensor): Tensor {
    const bias = parameter(parameters, `${prefix}.bias`);
    return gemm(rows, parameter(parameters, `${prefix}.weight`), { bias });
  },

  /** Multiply-adds for one row. */
  multiplyAdds({ inputs, outputs }: LinearOptions): number {
    return inputs * outputs;
  },
};
