import { NacreError } from "@nacre/errors";
import {
  add,
  gemm,
  mean,
  mul,
  reshape,
  slice,
  split,
  square,
  stopGradient,
  sub,
  type Tensor,
} from "@nacre/graph";
import { finiteScalarGraph, gridLayers, pointsOfCodes, stackCodes } from "../finite-scalar/graph.js";
import { type GridVariant, makeGrid } from "../finite-scalar/grid.js";
import { scalarTelemetry } from "../finite-scalar/telemetry.js";

/** levels: grid points of each of the P channels that a layer looks through, the same in all layers. */
export type FactorisedGrid = { levels: readonly number[]; variant: GridVariant };

/**
 * Maps of all layers.
 *
 * project  [L, D, P], from what is left of the latent to the channels; offset [L, P] is added there
 * expand   [L, P, D], from the channels' points back
 */
export type FactorisedMaps = { project: Tensor; offset: Tensor; expand: Tensor };

/**
 * quantized       [N, D], the sum of the used layers' points
 * codes           int64 [N, L, P], of every layer, used or not
 * reconstruction  mean squared distance of what is left from the layers' points, per value, a mean over all
 *                 layers that rows use: its gradient is the maps' alone
 * commitment      the same value; its gradient is the latent's alone
 * telemetry       float32 [L] each, as residual finite scalars have them
 */
export type FactorisedTraining = {
  quantized: Tensor;
  codes: Tensor;
  reconstruction: Tensor;
  commitment: Tensor;
  telemetry: { perplexity: Tensor; dead: Tensor; quantizationError: Tensor };
};

/**
 * Finite scalars behind learned maps, layer over layer: each layer sees what the layers below left through
 * few channels, rounds those to a fixed grid, and maps the points back. So a layer's codes need not split the
 * whole latent evenly, as plain residual finite scalars do.
 *
 * Factorised codes as in Kumar et al. 2023 (arXiv 2306.06546, section 3.2), with the grid of Mentzer et al.
 * 2023 (arXiv 2309.15505) in the place of a codebook. The gradient of every layer goes straight through its
 * rounding; what the layers below left is taken as given.
 *
 * latent     float32 [N, D]
 * layerMask  float32 [N, L], 1 where the row uses the layer; each row a prefix of ones (`layerCountMask`)
 * throws     NacreError "shape" when they do not fit, "option" for bad levels
 */
export function factorisedTraining(
  latent: Tensor,
  layerMask: Tensor,
  maps: FactorisedMaps,
  grid: FactorisedGrid,
): FactorisedTraining {
  const layers = checkMaps(latent, maps, grid);
  const masks = columns(layerMask, latent.shape[0]!, layers);
  const codes: Tensor[] = [];
  const errors: Tensor[] = [];
  const distances: Tensor[] = [];
  const pulls: Tensor[] = [];
  let [below, quantized]: (Tensor | undefined)[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const rest = below ? sub(latent, below) : latent;
    const own = layerMaps(maps, layer);
    const rounded = finiteScalarGraph(gemm(rest, own.project, { bias: own.offset }), grid);
    const point = gemm(rounded.quantized, own.expand);
    const used = mul(point, masks[layer]!);
    quantized = quantized ? add(quantized, used) : used;
    // Through the detached rest, so that the distance moves the maps and not the encoder.
    const fixed = finiteScalarGraph(gemm(stopGradient(rest), own.project, { bias: own.offset }), grid);
    distances.push(distance(stopGradient(rest), gemm(fixed.quantized, own.expand), masks[layer]!));
    pulls.push(distance(rest, stopGradient(point), masks[layer]!));
    below = below ? add(below, stopGradient(point)) : stopGradient(point);
    errors.push(mean(square(sub(stopGradient(latent), below))));
    codes.push(reshape(rounded.codes, [latent.shape[0]!, grid.levels.length]));
  }
  return {
    quantized: quantized!,
    codes: stackCodes(codes),
    reconstruction: meanOf(distances),
    commitment: meanOf(pulls),
    telemetry: scalarTelemetry(codes, errors, grid.levels),
  };
}

/**
 * Codes of every layer, for an encoder's exported graph; int64 [N, L, P].
 * throws as factorisedTraining
 */
export function factorisedInference(latent: Tensor, maps: FactorisedMaps, grid: FactorisedGrid): Tensor {
  const layers = checkMaps(latent, maps, grid);
  const codes: Tensor[] = [];
  let rest = latent;
  for (let layer = 0; layer < layers; layer++) {
    const own = layerMaps(maps, layer);
    const seen = gemm(rest, own.project, { bias: own.offset });
    const found = gridLayers(seen, grid.levels, grid.variant, [grid.levels.map(() => 1)]);
    codes.push(found.codes[0]!);
    rest = sub(rest, gemm(found.points[0]!, own.expand));
  }
  return stackCodes(codes);
}

/**
 * The sum of the points of all layers, for a decoder's exported graph.
 *
 * codes    int64 or int32 [N, L * P], layer after layer; the code `levels` of a channel stands for a layer that
 *          is not used and adds nothing, so one graph serves every prefix
 * expand   [L, P, D]
 * returns  float32 [N, D]
 */
export function factorisedDequantize(
  codes: Tensor,
  expand: Tensor,
  { levels, variant }: FactorisedGrid,
): Tensor {
  const [layers, width, dimension] = expand.shape as [number, number, number];
  if (codes.shape.length !== 2 || codes.shape[1] !== layers * width || width !== levels.length) {
    throw new NacreError("shape", {
      found: `codes [${codes.shape}]`,
      expected: `[rows, ${layers * levels.length}]`,
    });
  }
  const grids = levels.map((count) => makeGrid(count, variant));
  const points = Array.from({ length: layers }, (_, layer) => {
    const own = pointsOfCodes(
      slice(codes, 1, layer * width, (layer + 1) * width),
      grids,
      levels.map(() => 1),
    );
    return gemm(own, reshape(slice(expand, 0, layer, layer + 1), [width, dimension]));
  });
  return points.reduce((total, point) => add(total, point));
}

function layerMaps({ project, offset, expand }: FactorisedMaps, layer: number): FactorisedMaps {
  const own = (x: Tensor) => reshape(slice(x, 0, layer, layer + 1), x.shape.slice(1));
  return { project: own(project), offset: own(offset), expand: own(expand) };
}

// Mean over the rows that use the layer, per value.
function distance(rest: Tensor, point: Tensor, mask: Tensor): Tensor {
  const perRow = mean(square(sub(rest, point)), [1], true);
  return mean(mul(perRow, mask));
}

function meanOf(values: readonly Tensor[]): Tensor {
  return mul(
    values.reduce((a, b) => add(a, b)),
    1 / values.length,
  );
}

function columns(mask: Tensor, rows: number, layers: number): Tensor[] {
  if (mask.dtype !== "float32" || mask.shape.join() !== `${rows},${layers}`) {
    throw new NacreError("shape", {
      found: `layerMask is ${mask.dtype} [${mask.shape}]`,
      expected: `float32 [${rows},${layers}]`,
    });
  }
  return layers === 1 ? [mask] : split(mask, Array<number>(layers).fill(1), 1);
}

function checkMaps(
  latent: Tensor,
  { project, offset, expand }: FactorisedMaps,
  { levels }: FactorisedGrid,
): number {
  const [layers, dimension] = project.shape;
  const width = levels.length;
  const fits =
    latent.shape.length === 2 &&
    latent.shape[1] === dimension &&
    project.shape.join() === `${layers},${dimension},${width}` &&
    offset.shape.join() === `${layers},${width}` &&
    expand.shape.join() === `${layers},${width},${dimension}`;
  if (fits && layers) return layers;
  throw new NacreError("shape", {
    found: `latent [${latent.shape}], project [${project.shape}], offset [${offset.shape}], expand [${expand.shape}]`,
    expected: `[N, D], [L, D, ${width}], [L, ${width}], [L, ${width}, D]`,
  });
}
