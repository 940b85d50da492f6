import type { Tensor } from "@nacre/graph";
import type { z } from "zod";

/**
 * A model's quantizer as the codec runs it. P, codes per frame and layer, is 1 for vectors and the
 * dimension for finite scalars; each of the P places has a table of its own.
 *
 * layers      L
 * dimension   D, values of one latent frame
 * alphabets   [L][P], codes at that place are 0 .. alphabet - 1; P is the same in all layers
 * strides     [L], frames from one code of a layer to its next; 1 for all where they are left out. In matrices of codes
 *             below, the code of such a layer stands in each of its frames, whose number is a multiple of all strides
 * encode      latent float32 [N, D] -> codes int32 [N, L * P]
 * decode      codes int32 [N, L * P] -> float32 [N, D]; the code `alphabet` stands for a layer that is not
 *             used and adds nothing, so one graph serves every prefix
 * target      latent [N, D] -> [N, D], what the sum of the layers approaches: the latent itself for vectors,
 *             the latent brought to its bounds for finite scalars
 * dequantize  codes [N / stride, P] of each layer of a prefix -> [N, D], as arrays; throws NacreError "shape" or
 *             "bitstream" as the quantizer does
 */
export type OpenQuantizer = {
  layers: number;
  dimension: number;
  strides?: readonly number[];
  alphabets: readonly (readonly number[])[];
  encode(latent: Tensor): Tensor;
  decode(codes: Tensor): Tensor;
  target(latent: Float32Array): Float32Array;
  dequantize(codes: readonly Int32Array[]): Float32Array;
};

/**
 * One kind of quantizer that a model may have. Adding one is a file like residual-vector.ts and a line in
 * quantizers.ts.
 *
 * kind     as model.json names it
 * schema   of the quantizer's part of model.json, every size bounded
 * tensors  stored tensors that it needs, in the order in which the decode hash takes them
 * open     takes their values in that order
 */
export type QuantizerKind<Schema extends z.ZodType> = {
  kind: string;
  schema: Schema;
  tensors(config: z.infer<Schema>): { name: string; shape: number[] }[];
  open(config: z.infer<Schema>, tensors: readonly Float32Array[]): OpenQuantizer;
};
