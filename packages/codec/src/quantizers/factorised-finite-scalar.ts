import { cast, constant, reshape } from "@nacre/graph";
import {
  createFactorisedFiniteScalarQuantizer,
  factorisedDequantize,
  factorisedInference,
  gridVariants,
} from "@nacre/quantizer";
import { z } from "zod";
import type { QuantizerKind } from "./quantizer-kind.js";

const schema = z.object({
  kind: z.literal("factorised-finite-scalar"),
  /** What `variant` means; a change of its arithmetic is another version. */
  version: z.literal(1),
  variant: z.enum(gridVariants),
  layers: z.int().min(1).max(64),
  /** Grid points of each channel of a layer. */
  levels: z.array(z.int().min(2).max(256)).min(1).max(64),
  dimension: z.int().min(1).max(4096),
});

/** Grids of fixed points behind maps of each layer: a code per channel, layer and frame. */
export const factorisedFiniteScalar: QuantizerKind<typeof schema> = {
  kind: "factorised-finite-scalar",
  schema,
  tensors: ({ layers, levels, dimension }) => [
    { name: "quantizer.project", shape: [layers, dimension, levels.length] },
    { name: "quantizer.offset", shape: [layers, levels.length] },
    { name: "quantizer.expand", shape: [layers, levels.length, dimension] },
  ],
  open(config, [project, offset, expand]) {
    const { layers, levels, dimension } = config;
    const width = levels.length;
    const values = { project: project!, offset: offset!, expand: expand! };
    const arrays = createFactorisedFiniteScalarQuantizer({ ...config, ...values });
    const maps = {
      project: constant(values.project, [layers, dimension, width]),
      offset: constant(values.offset, [layers, width]),
      expand: constant(values.expand, [layers, width, dimension]),
    };
    return {
      layers,
      dimension,
      alphabets: arrays.describe().alphabets,
      encode: (rows) =>
        cast(reshape(factorisedInference(rows, maps, config), [rows.shape[0]!, layers * width]), "int32"),
      decode: (codes) => factorisedDequantize(codes, maps.expand, config),
      target: (latent) => latent,
      dequantize: (codes) => arrays.dequantize(codes),
    };
  },
};
