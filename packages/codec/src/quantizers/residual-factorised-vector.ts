import { cast, constant } from "@nacre/graph";
import {
  createResidualFactorisedVectorQuantizer,
  factorisedVectorDequantize,
  factorisedVectorInference,
  type Quantizer,
} from "@nacre/quantizer";
import { z } from "zod";
import type { QuantizerKind } from "./quantizer-kind.js";

const schema = z
  .object({
    kind: z.literal("residual-factorised-vector"),
    layers: z.int().min(1).max(64),
    entries: z.int().min(2).max(65_536),
    /** Values of an entry. */
    width: z.int().min(1).max(4096),
    dimension: z.int().min(1).max(8192),
    /** Frames from one code of a layer to its next. */
    strides: z.array(z.int().min(1).max(64)).min(1).max(64),
  })
  .refine(({ layers, strides }) => strides.length === layers, { error: "strides are not one for each layer" })
  .refine(({ layers, entries, width, dimension }) => layers * width * (entries + 2 * dimension) <= 2 ** 27, {
    error: "more values than any quantizer has",
  });

const parts = ["codebooks", "in", "inBias", "out", "outBias"] as const;

/** A stack of codebooks of few values behind linear maps, searched by direction, each layer at its own rate. */
export const residualFactorisedVector: QuantizerKind<typeof schema> = {
  kind: "residual-factorised-vector",
  schema,
  tensors: (config) => parts.map((part) => ({ name: `quantizer.${part}`, shape: shapeOf(config, part) })),
  open(config, stored) {
    const { layers, entries, dimension, strides } = config;
    const values = Object.fromEntries(parts.map((part, at) => [part, stored[at]!])) as Record<
      Part,
      Float32Array
    >;
    const tensor = (part: Part) => constant(values[part], shapeOf(config, part));
    let arrays: Quantizer | undefined;
    const answering = () => ({
      codebooks: tensor("codebooks"),
      out: tensor("out"),
      outBias: tensor("outBias"),
    });
    return {
      layers,
      dimension,
      strides,
      alphabets: Array.from({ length: layers }, () => [entries]),
      encode: (rows) =>
        cast(
          factorisedVectorInference(
            rows,
            { ...answering(), in: tensor("in"), inBias: tensor("inBias") },
            strides,
          ),
          "int32",
        ),
      decode: (codes) => factorisedVectorDequantize(codes, answering()),
      target: (latent) => latent,
      dequantize: (codes) => {
        arrays ??= createResidualFactorisedVectorQuantizer({ ...config, ...values });
        return arrays.dequantize(codes.map((layer, at) => repeated(layer, strides[at] ?? 1)));
      },
    };
  },
};

type Part = (typeof parts)[number];

function shapeOf({ layers, entries, width, dimension }: z.infer<typeof schema>, part: Part): number[] {
  const shapes = {
    codebooks: [entries, width],
    in: [dimension, width],
    inBias: [width],
    out: [width, dimension],
    outBias: [dimension],
  };
  return [layers, ...shapes[part]];
}

/** Every code `times` times, one behind the other. */
function repeated(codes: Int32Array, times: number): Int32Array {
  return Int32Array.from({ length: codes.length * times }, (_, at) => codes[Math.floor(at / times)]!);
}
