import {
  codeRows,
  describeLayers,
  expectCount,
  expectLength,
  latentRows,
  type Quantizer,
  usedLayers,
} from "../quantizer.js";
import { euclideanTable, searchRows } from "../vector/search.js";

/** codebooks: one [entries, dimension] array per layer, in layer order. */
export type ResidualVectorQuantizerOptions = {
  codebooks: readonly Float32Array[];
  entries: number;
  dimension: number;
};

/**
 * A residual stack: each layer names the entry nearest to what the layers below left.
 *
 * The running sum is kept in float32 and residuals are latent - sum, as the graph form computes
 * them; distances are computed in float64.
 *
 * throws NacreError "shape" when a codebook does not fit, "option" for counts below 1
 */
export function createResidualVectorQuantizer(options: ResidualVectorQuantizerOptions): Quantizer {
  const { codebooks, entries, dimension } = options;
  expectCount("entries", entries);
  expectCount("dimension", dimension);
  expectCount("number of codebooks", codebooks.length);
  for (const [layer, book] of codebooks.entries()) {
    expectLength(`codebook of layer ${layer + 1}`, book, entries * dimension);
  }
  const tables = codebooks.map((book) => euclideanTable(book, entries, dimension));
  const alphabets = codebooks.map(() => [entries]);
  const description = describeLayers("residual-vector", "euclidean", dimension, alphabets);
  return {
    describe: () => description,
    quantize(latent, { layers } = {}) {
      const rows = latentRows(latent, dimension);
      const used = usedLayers(layers, codebooks.length);
      const quantized = new Float32Array(latent.length);
      const residual = latent.slice();
      const codes = tables.slice(0, used).map((table, layer) => {
        const found = searchRows(table, residual, rows);
        addEntries(quantized, codebooks[layer]!, found, dimension);
        for (let i = 0; i < residual.length; i++) residual[i] = latent[i]! - quantized[i]!;
        return found;
      });
      return { codes, quantized };
    },
    dequantize(codes) {
      const total = new Float32Array(codeRows(codes, description) * dimension);
      for (const [layer, found] of codes.entries()) addEntries(total, codebooks[layer]!, found, dimension);
      return total;
    },
  };
}

function addEntries(total: Float32Array, codebook: Float32Array, codes: Int32Array, dimension: number): void {
  for (let row = 0; row < codes.length; row++) {
    const from = codes[row]! * dimension;
    const to = row * dimension;
    for (let i = 0; i < dimension; i++) total[to + i] = total[to + i]! + codebook[from + i]!;
  }
}
