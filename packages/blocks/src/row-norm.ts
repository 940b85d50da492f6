import { layerNorm, type Tensor } from "@nacre/graph";
import type { ParameterSpec, Parameters } from "./network.js";
import { parameter } from "./parameters.js";

// Part of the architecture: another value is another network.
const EPSILON = 1e-6;

/** Layer normalisation of each row [N, channels] (Ba et al. 2016, arXiv 1607.06450), scale and bias trained. */
export const rowNorm = {
  parameters(prefix: string, channels: number): ParameterSpec[] {
    return [
      { name: `${prefix}.scale`, shape: [channels], initial: { kind: "ones" }, decay: false },
      { name: `${prefix}.bias`, shape: [channels], initial: { kind: "zeros" }, decay: false },
    ];
  },

  forward(prefix: string, parameters: Parameters, rows: Tensor): Tensor {
    const scale = parameter(parameters, `${prefix}.scale`);
    return layerNorm(rows, scale, parameter(parameters, `${prefix}.bias`), EPSILON);
  },
};
