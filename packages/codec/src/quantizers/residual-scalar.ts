import { cast, constant, reshape } from "@nacre/graph";
import {
  createResidualScalarQuantizer,
  residualScalarDequantize,
  residualScalarInference,
} from "@nacre/quantizer";
import { z } from "zod";
import { unfit } from "../model-parts.js";
import type { QuantizerKind } from "./quantizer-kind.js";

/** The quantizer's part of model.json. */
export const residualScalarSchema = z.object({
  kind: z.literal("residual-scalar"),
  layers: z.int().min(1).max(64),
  dimension: z.int().min(1).max(4096),
  /** Codes are multiples -reach .. reach of a step, stored from 0 on. */
  reach: z.int().min(1).max(1023),
  /** The encoder's choice alone, in steps. */
  deadZone: z.number().min(0).max(0.5),
});

/** A stack of scalars with a step for each layer and channel: a code per channel, layer and frame. */
export const residualScalar: QuantizerKind<typeof residualScalarSchema> = {
  kind: "residual-scalar",
  schema: residualScalarSchema,
  tensors: ({ layers, dimension }) => [{ name: "quantizer.steps", shape: [layers, dimension] }],
  open(config, [steps]) {
    const { layers, dimension, reach } = config;
    // Their halves may round to nothing.
    if (steps!.some((step) => step <= 0)) throw unfit("steps that are not positive");
    const tensor = constant(steps!, [layers, dimension]);
    const arrays = createResidualScalarQuantizer({ ...config, steps: steps! });
    return {
      layers,
      dimension,
      alphabets: arrays.describe().alphabets,
      encode: (rows) => {
        const codes = residualScalarInference(rows, tensor, config);
        return cast(reshape(codes, [rows.shape[0]!, layers * dimension]), "int32");
      },
      decode: (codes) => residualScalarDequantize(codes, tensor, { reach }),
      target: (latent) => latent,
      dequantize: (codes) => arrays.dequantize(codes),
    };
  },
};
