import { NacreError } from "@nacre/errors";
import {
  add,
  argMax,
  concat,
  constant,
  gather,
  gemm,
  mul,
  neg,
  reduceMax,
  reshape,
  slice,
  squeeze,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "@nacre/graph";
import { checkStack } from "./check.js";

/**
 * Codes of every layer, for an encoder's exported graph.
 *
 * latent     float32 [N, D]
 * codebooks  float32 [L, K, D]
 * returns    codes int64 [N, L]; the lowest index wins a tie
 * throws     NacreError "shape" when the two do not fit
 */
export function residualVectorInference(latent: Tensor, codebooks: Tensor): { codes: Tensor } {
  const { layers } = checkStack(latent, codebooks);
  const codes: Tensor[] = [];
  let lower: Tensor | undefined;
  for (let layer = 0; layer < layers; layer++) {
    const codebook = layerOf(codebooks, layer);
    const found = nearestCodes(lower ? sub(latent, lower) : latent, codebook);
    const entry = gather(codebook, found, 0);
    lower = lower ? add(lower, entry) : entry;
    codes.push(unsqueeze(found, [1]));
  }
  return { codes: concat(codes, 1) };
}

/**
 * The sum of the entries of the first `layers` layers, for a decoder's exported graph.
 *
 * codes      int64 or int32 [N, at least layers]
 * codebooks  float32 [L, K, D]
 * layers     1 .. L
 * returns    float32 [N, D], added in layer order as every other form does
 * throws     NacreError "shape" when the codes have fewer layers, "option" when layers is out of range
 */
export function dequantizeGraph(codes: Tensor, codebooks: Tensor, layers: number): Tensor {
  const [stack = 0] = codebooks.shape;
  if (!Number.isInteger(layers) || layers < 1 || layers > stack) {
    throw new NacreError("option", { found: `${layers} layers`, expected: `1 to ${stack}` });
  }
  if (codes.shape.length !== 2 || codes.shape[1]! < layers) {
    throw new NacreError("shape", {
      found: `codes [${codes.shape}]`,
      expected: `[rows, at least ${layers}]`,
    });
  }
  const entries = Array.from({ length: layers }, (_, layer) =>
    gather(layerOf(codebooks, layer), squeeze(slice(codes, 1, layer, layer + 1), [1]), 0),
  );
  return entries.reduce((total, entry) => add(total, entry));
}

/**
 * Index of the nearest entry of each row, by 2 x.c - |c|^2: |x|^2 is the same for all entries.
 * rows [N, D], codebook [K, D]; int64 [N], the lowest index of equals
 */
export function nearestCodes(rows: Tensor, codebook: Tensor): Tensor {
  const entries = codebook.shape[0]!;
  const squares = sum(mul(codebook, codebook), [1]);
  const closeness = gemm(rows, codebook, { transB: true, alpha: 2, bias: neg(squares) });
  const parts = partsOf(entries);
  return parts === 1 ? argMax(closeness, 1) : argMaxByParts(closeness, parts);
}

/** Squared distance of each row from each entry; rows [N, D], codebook [K, D]; [N, K]. */
export function squaredDistances(rows: Tensor, codebook: Tensor): Tensor {
  const squares = sum(mul(codebook, codebook), [1]);
  const closeness = gemm(rows, codebook, { transB: true, alpha: 2, bias: neg(squares) });
  return sub(sum(mul(rows, rows), [1], true), closeness);
}

/**
 * The same as argMax(scores, 1), four times as fast for 1024 columns: engines take the largest value of many
 * at once and its index one by one, so that the index is looked for in one part of each row alone.
 */
function argMaxByParts(scores: Tensor, parts: number): Tensor {
  const [rows, columns] = scores.shape as [number, number];
  const size = columns / parts;
  const part = argMax(reduceMax(reshape(scores, [rows, parts, size]), [2]), 1);
  const firstOfRow = constant(
    BigInt64Array.from({ length: rows }, (_, row) => BigInt(row * parts)),
    [rows],
  );
  const best = gather(reshape(scores, [rows * parts, size]), add(part, firstOfRow), 0);
  return add(mul(part, constant(BigInt64Array.of(BigInt(size)), [])), argMax(best, 1));
}

/** The number of equal parts nearest to the square root; 1 where parts gain nothing. */
function partsOf(entries: number): number {
  const root = Math.round(Math.sqrt(entries));
  for (let parts = root; parts >= 8; parts -= 1) if (entries % parts === 0) return parts;
  return 1;
}

/** Part `layer` of a tensor whose first axis is the layer, without that axis. */
export function layerOf(stacked: Tensor, layer: number): Tensor {
  return squeeze(slice(stacked, 0, layer, layer + 1), [0]);
}
