import { NacreError } from "@nacre/errors";
import {
  boundValue,
  type GridVariant,
  gridVariants,
  makeGrid,
  nearestCode,
  pointOf,
} from "../finite-scalar/grid.js";
import {
  codeRows,
  describeLayers,
  expectCount,
  expectLength,
  latentRows,
  type Quantizer,
  usedLayers,
} from "../quantizer.js";

/**
 * levels     grid points of each of the P channels
 * layers     L
 * dimension  D
 * project    [L * D * P]; offset [L * P]; expand [L * P * D]
 */
export type FactorisedFiniteScalarQuantizerOptions = {
  levels: readonly number[];
  variant: GridVariant;
  layers: number;
  dimension: number;
  project: Float32Array;
  offset: Float32Array;
  expand: Float32Array;
};

/**
 * Finite scalars behind learned maps, layer over layer, on arrays; see `factorisedTraining`. Sums are taken in
 * float64: codes agree with the graph's where a channel is not on the edge of two cells.
 *
 * throws NacreError "option" for bad levels, layers or variant, "shape" for maps of another size
 */
export function createFactorisedFiniteScalarQuantizer(
  options: FactorisedFiniteScalarQuantizerOptions,
): Quantizer {
  const { levels, variant, layers, dimension, project, offset, expand } = options;
  const width = levels.length;
  expectCount("layers", layers);
  expectCount("dimension", dimension);
  expectCount("number of channels", width);
  if (!gridVariants.includes(variant)) {
    throw new NacreError("option", { found: `variant "${variant}"`, expected: gridVariants.join(", ") });
  }
  expectLength("project", project, layers * dimension * width);
  expectLength("offset", offset, layers * width);
  expectLength("expand", expand, layers * width * dimension);
  const grids = levels.map((count) => makeGrid(count, variant));
  const description = describeLayers(
    "factorised-finite-scalar",
    variant,
    dimension,
    Array.from({ length: layers }, () => [...levels]),
  );
  /** Adds a layer's points to `total` [N, D]. */
  const addPoints = (layer: number, codes: Int32Array, total: Float32Array) => {
    for (let row = 0; row < codes.length / width; row++) {
      const points = grids.map((grid, channel) => pointOf(grid, codes[row * width + channel]!));
      for (let d = 0; d < dimension; d++) {
        let sum = 0;
        for (let c = 0; c < width; c++) sum += points[c]! * expand[(layer * width + c) * dimension + d]!;
        total[row * dimension + d]! += sum;
      }
    }
  };
  const codesOf = (layer: number, latent: Float32Array, below: Float32Array) =>
    Int32Array.from({ length: (latent.length / dimension) * width }, (_, i) => {
      const [row, channel] = [Math.floor(i / width), i % width];
      let sum = offset[layer * width + channel]!;
      for (let d = 0; d < dimension; d++) {
        const at = row * dimension + d;
        sum += (latent[at]! - below[at]!) * project[(layer * dimension + d) * width + channel]!;
      }
      return nearestCode(grids[channel]!, boundValue(grids[channel]!, sum));
    });
  return {
    describe: () => description,
    quantize(latent, asked = {}) {
      latentRows(latent, dimension);
      const used = usedLayers(asked.layers, layers);
      const quantized = new Float32Array(latent.length);
      const codes = Array.from({ length: used }, (_, layer) => {
        const found = codesOf(layer, latent, quantized);
        addPoints(layer, found, quantized);
        return found;
      });
      return { codes, quantized };
    },
    dequantize(codes) {
      const total = new Float32Array(codeRows(codes, description) * dimension);
      for (const [layer, found] of codes.entries()) addPoints(layer, found, total);
      return total;
    },
  };
}
