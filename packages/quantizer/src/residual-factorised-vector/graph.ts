import { NacreError } from "@nacre/errors";
import {
  concat,
  constant,
  expand,
  fill,
  gather,
  gemm,
  mean,
  reshape,
  slice,
  squeeze,
  sub,
  type Tensor,
  unsqueeze,
} from "@nacre/graph";
import { layerOf } from "../residual-vector/inference.js";
import { vectorInference } from "../vector/graph.js";

/** The maps and codebooks of all layers: codebooks [L, K, d], in [L, D, d], inBias [L, d], out [L, d, D], outBias [L, D]. */
export type FactorisedVectorTensors = {
  codebooks: Tensor;
  in: Tensor;
  inBias: Tensor;
  out: Tensor;
  outBias: Tensor;
};

/**
 * Codes of every layer, for an encoder's exported graph.
 *
 * A layer of stride s sees the mean of s rows and has one code for them (SNAC: Siuzdak et al. 2024, arXiv
 * 2410.14411, section 2), which stands in each of the s rows.
 *
 * latent   float32 [N, D], N a multiple of every stride
 * strides  [L]
 * returns  int64 [N, L]; the lowest index wins a tie
 * throws   NacreError "shape" when the parts do not fit
 */
export function factorisedVectorInference(
  latent: Tensor,
  tensors: FactorisedVectorTensors,
  strides: readonly number[],
): Tensor {
  checkParts(latent, tensors, strides);
  const codes: Tensor[] = [];
  let rest = latent;
  for (const [layer, stride] of strides.entries()) {
    const own = (name: keyof FactorisedVectorTensors) => layerOf(tensors[name], layer);
    const projections = { in: own("in"), inBias: own("inBias"), out: own("out"), outBias: own("outBias") };
    const found = vectorInference(meanRows(rest, stride), {
      codebook: own("codebooks"),
      metric: "cosine",
      projections,
    });
    codes.push(repeatedRows(unsqueeze(found.codes, [1]), stride));
    rest = sub(rest, repeatedRows(found.quantized, stride));
  }
  return concat(codes, 1);
}

/**
 * The sum of what all layers answer, for a decoder's exported graph.
 *
 * codes    int64 or int32 [N, L], the code of a strided layer in each of its rows; the code K stands for a layer
 *          that is not used and adds nothing, so one graph serves every prefix
 * returns  float32 [N, D]
 * throws   NacreError "shape" when codes are of another number of layers
 */
export function factorisedVectorDequantize(
  codes: Tensor,
  { codebooks, out, outBias }: Omit<FactorisedVectorTensors, "in" | "inBias">,
): Tensor {
  const [layers, entries, width] = codebooks.shape as [number, number, number];
  const dimension = outBias.shape[1]!;
  if (codes.shape.length !== 2 || codes.shape[1] !== layers) {
    throw new NacreError("shape", { found: `codes [${codes.shape}]`, expected: `[rows, ${layers}]` });
  }
  // A one behind an entry's values brings the bias along; the entry that is not used has none.
  const ones = fill(1, [layers, entries, 1]);
  const nothing = constant(new Float32Array(layers * (width + 1)), [layers, 1, width + 1]);
  const table = concat([concat([codebooks, ones], 2), nothing], 1);
  const answers = concat([out, unsqueeze(outBias, [1])], 1);
  const found = Array.from({ length: layers }, (_, layer) =>
    gather(layerOf(table, layer), squeeze(slice(codes, 1, layer, layer + 1), [1]), 0),
  );
  return gemm(concat(found, 1), reshape(answers, [layers * (width + 1), dimension]));
}

function meanRows(rows: Tensor, stride: number): Tensor {
  if (stride === 1) return rows;
  const [count, width] = rows.shape as [number, number];
  return mean(reshape(rows, [count / stride, stride, width]), [1]);
}

function repeatedRows(rows: Tensor, stride: number): Tensor {
  if (stride === 1) return rows;
  const [count, width] = rows.shape as [number, number];
  return reshape(expand(unsqueeze(rows, [1]), [count, stride, width]), [count * stride, width]);
}

function checkParts(
  latent: Tensor,
  { codebooks, ...maps }: FactorisedVectorTensors,
  strides: readonly number[],
): void {
  const [layers = 0, , width] = codebooks.shape;
  const [rows = 0, dimension] = latent.shape;
  const fits =
    latent.shape.length === 2 &&
    codebooks.shape.length === 3 &&
    maps.in.shape.join() === [layers, dimension, width].join() &&
    maps.inBias.shape.join() === [layers, width].join() &&
    maps.out.shape.join() === [layers, width, dimension].join() &&
    maps.outBias.shape.join() === [layers, dimension].join();
  if (fits && strides.length === layers && strides.every((stride) => rows % stride === 0)) return;
  throw new NacreError("shape", {
    found: `latent [${latent.shape}], codebooks [${codebooks.shape}], in [${maps.in.shape}], out [${maps.out.shape}], strides ${strides.join(", ")}`,
    expected: "[N, D], [L, K, d], [L, D, d], [L, d, D], L strides that divide N",
  });
}
