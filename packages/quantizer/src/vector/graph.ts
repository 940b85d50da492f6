import { NacreError } from "@nacre/errors";
import { div, gather, gemm, max, mul, sqrt, sum, type Tensor } from "@nacre/graph";
import { nearestCodes } from "../residual-vector/inference.js";

/**
 * Parameters of a plain vector quantizer as tensors; the same as `VectorQuantizerOptions`.
 *
 * codebook     float32 [K, d]
 * projections  in [D, d], inBias [d], out [d, D], outBias [D]; without them D = d
 */
export type VectorTensors = {
  codebook: Tensor;
  metric: "euclidean" | "cosine";
  projections?: { in: Tensor; inBias?: Tensor; out: Tensor; outBias?: Tensor };
};

/**
 * Plain vector quantization in a graph, for export: nothing here passes a gradient through the
 * search. To train one, use `residualVectorGraph` with a single layer.
 *
 * latent   float32 [N, D]
 * returns  codes int64 [N], quantized float32 [N, D]; the lowest index wins a tie
 * throws   NacreError "shape" when the parts do not fit
 */
export function vectorInference(
  latent: Tensor,
  { codebook, metric, projections }: VectorTensors,
): { codes: Tensor; quantized: Tensor } {
  const inner = projections ? gemm(latent, projections.in, biasOf(projections.inBias)) : latent;
  if (inner.shape[1] !== codebook.shape[1]) {
    throw new NacreError("shape", {
      found: `rows of ${inner.shape[1]} values for entries of ${codebook.shape[1]}`,
      expected: "one dimension, after the projection where there is one",
    });
  }
  const codes = metric === "cosine" ? nearestDirections(inner, codebook) : nearestCodes(inner, codebook);
  const entries = gather(codebook, codes, 0);
  const quantized = projections ? gemm(entries, projections.out, biasOf(projections.outBias)) : entries;
  return { codes, quantized };
}

/** Euclidean search among unit entries is search by direction: a row's own length changes no order. */
function nearestDirections(rows: Tensor, codebook: Tensor): Tensor {
  return nearestCodes(unitRows(rows), unitRows(codebook));
}

function unitRows(rows: Tensor): Tensor {
  const norms = sqrt(sum(mul(rows, rows), [1], true));
  return div(rows, max(norms, 1e-12));
}

const biasOf = (bias: Tensor | undefined) => (bias ? { bias } : {});
