import {
  codeRows,
  describeLayers,
  expectCount,
  expectLength,
  latentRows,
  type Quantizer,
  usedLayers,
} from "../quantizer.js";
import { createVectorQuantizer } from "../vector/array.js";

/**
 * layers     L
 * entries    K of each layer's codebook
 * width      d, values of an entry
 * dimension  D, values of a latent row
 * codebooks  [L * K * d]
 * in         [L * D * d], from the latent to the entries' values; inBias [L * d] is added there
 * out        [L * d * D], the way back; outBias [L * D]
 */
export type ResidualFactorisedVectorQuantizerOptions = {
  layers: number;
  entries: number;
  width: number;
  dimension: number;
  codebooks: Float32Array;
  in: Float32Array;
  inBias: Float32Array;
  out: Float32Array;
  outBias: Float32Array;
};

/**
 * A stack of codebooks of few values behind linear maps: each layer looks for the entry whose direction is nearest
 * to what the layers below left, and answers with that entry's own length (Kumar et al. 2023, arXiv 2306.06546,
 * section 3.2; Yu et al. 2021, arXiv 2110.04627).
 *
 * throws NacreError "shape" when an array does not fit, "option" for counts below 1
 */
export function createResidualFactorisedVectorQuantizer(
  options: ResidualFactorisedVectorQuantizerOptions,
): Quantizer {
  const { layers, entries, width, dimension } = options;
  for (const name of ["layers", "entries", "width", "dimension"] as const) expectCount(name, options[name]);
  const sizes = {
    codebooks: entries * width,
    in: dimension * width,
    inBias: width,
    out: width * dimension,
    outBias: dimension,
  };
  for (const [name, size] of Object.entries(sizes))
    expectLength(name, options[name as keyof typeof sizes], layers * size);
  const books = Array.from({ length: layers }, (_, layer) => {
    const own = (name: keyof typeof sizes) =>
      options[name].subarray(layer * sizes[name], (layer + 1) * sizes[name]);
    const projections = { in: own("in"), inBias: own("inBias"), out: own("out"), outBias: own("outBias") };
    return createVectorQuantizer({
      codebook: own("codebooks"),
      entries,
      dimension: width,
      metric: "cosine",
      projections,
    });
  });
  const description = describeLayers(
    "residual-factorised-vector",
    "cosine",
    dimension,
    books.map(() => [entries]),
  );
  return {
    describe: () => description,
    quantize(latent, asked = {}) {
      latentRows(latent, dimension);
      const used = usedLayers(asked.layers, layers);
      const total = new Float32Array(latent.length);
      const codes = books.slice(0, used).map((book) => {
        const rest = latent.map((value, at) => value - total[at]!);
        const found = book.quantize(rest);
        addTo(total, found.quantized);
        return found.codes[0]!;
      });
      return { codes, quantized: total };
    },
    dequantize(codes) {
      const total = new Float32Array(codeRows(codes, description) * dimension);
      for (const [layer, found] of codes.entries()) addTo(total, books[layer]!.dequantize([found]));
      return total;
    },
  };
}

function addTo(total: Float32Array, values: Float32Array): void {
  for (const [at, value] of values.entries()) total[at]! += value;
}
