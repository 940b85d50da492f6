import {
  codeRows,
  describeLayers,
  expectCount,
  expectLength,
  latentRows,
  type Quantizer,
  usedLayers,
} from "../quantizer.js";
import { cosineTable, euclideanTable, searchRows } from "./search.js";

/**
 * Linear maps around a codebook of lower dimension d (factorized codes, Yu et al. 2021,
 * arXiv 2110.04627): the row is searched as latent in + inBias, the entry is answered as
 * entry out + outBias.
 *
 * in [D, d], inBias [d], out [d, D], outBias [D]; biases are 0 by default
 */
export type VectorProjections = {
  in: Float32Array;
  inBias?: Float32Array;
  out: Float32Array;
  outBias?: Float32Array;
};

/**
 * codebook     [entries, dimension]
 * metric       "euclidean": the nearest entry; "cosine": the entry of nearest direction, answered
 *              with its own length
 * projections  when the codebook is of another dimension than the latent
 */
export type VectorQuantizerOptions = {
  codebook: Float32Array;
  entries: number;
  dimension: number;
  metric: "euclidean" | "cosine";
  projections?: VectorProjections;
};

/**
 * A plain vector quantizer: one layer, one code a row.
 * throws NacreError "shape" when an array does not fit, "option" for counts below 1
 */
export function createVectorQuantizer(options: VectorQuantizerOptions): Quantizer {
  const { codebook, entries, dimension, metric, projections } = options;
  expectCount("entries", entries);
  expectCount("dimension", dimension);
  expectLength("codebook", codebook, entries * dimension);
  const width = projections ? projections.in.length / dimension : dimension;
  if (projections) checkProjections(projections, width, dimension);
  const makeTable = metric === "cosine" ? cosineTable : euclideanTable;
  const table = makeTable(codebook, entries, dimension);
  const answers = projections
    ? multiplyRows(codebook, entries, dimension, projections.out, width, projections.outBias)
    : codebook;
  const description = describeLayers("vector", metric, width, [[entries]]);
  return {
    describe: () => description,
    quantize(latent, { layers } = {}) {
      const rows = latentRows(latent, width);
      usedLayers(layers, 1);
      const inner = projections
        ? multiplyRows(latent, rows, width, projections.in, dimension, projections.inBias)
        : latent;
      const codes = searchRows(table, inner, rows);
      return { codes: [codes], quantized: gatherRows(answers, codes, width) };
    },
    dequantize(codes) {
      codeRows(codes, description);
      return gatherRows(answers, codes[0]!, width);
    },
  };
}

/** Rows of `table` [K, width] named by codes [N]: [N, width]. */
function gatherRows(table: Float32Array, codes: Int32Array, width: number): Float32Array {
  const out = new Float32Array(codes.length * width);
  for (const [row, code] of codes.entries()) {
    out.set(table.subarray(code * width, (code + 1) * width), row * width);
  }
  return out;
}

/** rows [n, from] times weights [from, to] plus bias [to]. */
function multiplyRows(
  rows: Float32Array,
  n: number,
  from: number,
  weights: Float32Array,
  to: number,
  bias?: Float32Array,
): Float32Array {
  const out = new Float32Array(n * to);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < to; column++) {
      let total = bias?.[column] ?? 0;
      for (let i = 0; i < from; i++) total += rows[row * from + i]! * weights[i * to + column]!;
      out[row * to + column] = total;
    }
  }
  return out;
}

function checkProjections(projections: VectorProjections, width: number, dimension: number): void {
  expectCount("dimension of the latent (in.length / dimension)", width);
  expectLength("out", projections.out, dimension * width);
  if (projections.inBias) expectLength("inBias", projections.inBias, dimension);
  if (projections.outBias) expectLength("outBias", projections.outBias, width);
}
