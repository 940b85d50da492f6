import { cast, reshape } from "@nacre/graph";
import {
  boundedLatent,
  createResidualFiniteScalarQuantizer,
  finiteScalarsDequantize,
  finiteScalarsInference,
  gridVariants,
  pointsDiffer,
  scaleConventions,
} from "@nacre/quantizer";
import { z } from "zod";
import type { QuantizerKind } from "./quantizer-kind.js";

const schema = z
  .object({
    kind: z.literal("residual-finite-scalar"),
    /** What `variant` and `convention` mean; a change of their arithmetic is another version. */
    version: z.literal(1),
    variant: z.enum(gridVariants),
    convention: z.enum(scaleConventions),
    layers: z.int().min(1).max(64),
    /** Grid points of each channel; their number is the dimension. */
    levels: z.array(z.int().min(2).max(256)).min(1).max(64),
  })
  .refine(pointsDiffer, { error: "levels^layers is beyond what float32 tells apart" });

/** Grids of fixed points, nothing stored: a code per channel, layer and frame. */
export const residualFiniteScalar: QuantizerKind<typeof schema> = {
  kind: "residual-finite-scalar",
  schema,
  tensors: () => [],
  open(config) {
    const { layers, levels } = config;
    const arrays = createResidualFiniteScalarQuantizer(config);
    return {
      layers,
      dimension: levels.length,
      alphabets: arrays.describe().alphabets,
      encode: (rows) => {
        const { codes } = finiteScalarsInference(rows, config);
        return cast(reshape(codes, [rows.shape[0]!, layers * levels.length]), "int32");
      },
      decode: (codes) => finiteScalarsDequantize(codes, config),
      target: (latent) => boundedLatent(latent, config),
      dequantize: (codes) => arrays.dequantize(codes),
    };
  },
};
