import type { Parameters } from "@nacre/blocks";
import {
  abs,
  add,
  clip,
  constant,
  exp,
  floor,
  gemm,
  log,
  max,
  mul,
  pad,
  reshape,
  round,
  sigmoid,
  slice,
  stopGradient,
  sub,
  type Tensor,
  transpose,
} from "@nacre/graph";
import {
  type ContextRecipe,
  type ContextSizes,
  place,
  type SourcePlan,
  sourcesOf,
} from "./context-recipe.js";

/**
 * Codes of a batch of tiles.
 *
 * layers  [L] of [B, rows, columns, C], multiples of the steps; rows and columns are multiples of four
 * side    [B, rows / 4, columns / 4, Z], whole numbers -127 .. 127
 * before  layers of the frame before, for a context that remembers; absent where there is none
 */
export type TileCodes = { layers: readonly Tensor[]; side: Tensor; before?: readonly Tensor[] | undefined };

/**
 * The scale of every code by a linear context, with its integers in the loop: weights and features are the
 * whole numbers that the codec will use (fake quantization, Jacob et al. 2018, arXiv 1712.05877), gradients
 * go through their rounding. Nothing flows back into the codes: they are what is known already.
 *
 * returns  [L] of [B, rows, columns, C], numbers of tables, fractions within 0 .. tables - 1
 */
export function contextTables(
  sizes: ContextSizes,
  recipe: ContextRecipe,
  parameters: Parameters,
  codes: TileCodes,
): Tensor[] {
  const [batch, rows, columns] = codes.layers[0]!.shape as [number, number, number];
  const grid = { batch, rows, columns };
  const features = codes.layers.map((each) => magnitudes(stopGradient(each)));
  const before = codes.before?.map((each) => magnitudes(stopGradient(each)));
  const side = stopGradient(codes.side);
  return codes.layers.map((_, layer) => {
    const bias = throughRounding(mul(parameters[place.bias(layer)]!, recipe.tables), 2 ** -recipe.precision);
    const [first, second] = halves(bias, sizes.channels);
    const even = checkerboard(grid);
    let sums = add(mul(first, even), mul(second, sub(1, even)));
    for (const [at, source] of sourcesOf(layer, sizes).entries()) {
      if (source.feature === "before" && !before) continue;
      const weights = wholeWeights(parameters[place.weights(layer, at)]!, source, recipe);
      sums = add(sums, mapOf(source, weights, { side, features, before, layer, even }, grid, sizes));
    }
    return clip(floorThrough(sums), 0, recipe.tables - 1);
  });
}

/**
 * Bits of codes whose tables have these numbers, by a logistic distribution around zero that is cut into
 * cells of one step (Ballé et al. 2018, arXiv 1802.01436, section 3, of another family).
 *
 * codes   [..], multiples of a step, with a gradient
 * tables  [..], as contextTables gives them
 * returns [..], bits, with gradients to both
 */
export function codeBits(
  codes: Tensor,
  tables: Tensor,
  { lowest, highest, tables: count }: ContextRecipe,
): Tensor {
  const ratio = Math.log(highest / lowest) / (count - 1);
  const inverse = exp(sub(-Math.log(lowest), mul(tables, ratio)));
  return bitsOf(codes, inverse);
}

/**
 * Bits of whole numbers with a scale per channel, for codes without a context.
 *
 * codes   [.., Z]
 * scales  [Z], logarithms of the scales
 */
export function plainBits(codes: Tensor, scales: Tensor): Tensor {
  return bitsOf(codes, exp(mul(scales, -1)));
}

function bitsOf(codes: Tensor, inverse: Tensor): Tensor {
  const size = abs(codes);
  const upper = sigmoid(mul(sub(0.5, size), inverse));
  const lower = sigmoid(mul(sub(-0.5, size), inverse));
  return mul(log(max(sub(upper, lower), 1e-9)), -Math.LOG2E);
}

type Known = {
  side: Tensor;
  features: readonly Tensor[];
  before: readonly Tensor[] | undefined;
  layer: number;
  even: Tensor;
};
/** Sizes of a batch of latents. */
export type Grid = { batch: number; rows: number; columns: number };

function mapOf(
  source: SourcePlan,
  weights: Tensor,
  { side, features, before, layer, even }: Known,
  grid: Grid,
  { channels, sideChannels }: ContextSizes,
): Tensor {
  if (source.feature === "side") return sideMap(side, weights, grid, channels, sideChannels);
  if (source.feature === "before") return mul(before![source.layer]!, weights);
  const own = source.layer === layer;
  const seen = own ? mul(features[layer]!, even) : features[source.layer]!;
  const looked = source.feature === "neighbours" ? around(seen) : seen;
  // Of their own layer only positions of the second half have seen anything.
  const allowed = own ? mul(looked, sub(1, even)) : looked;
  if (source.diagonal) return mul(allowed, weights);
  const { batch, rows, columns } = grid;
  const flat = reshape(allowed, [batch * rows * columns, channels]);
  return reshape(gemm(flat, weights, { transB: true }), [batch, rows, columns, channels]);
}

/** A linear map of side codes to C values at each of their 4x4 positions; weights [16 C, Z]. */
export function sideMap(
  side: Tensor,
  weights: Tensor,
  grid: Grid,
  channels: number,
  sideChannels: number,
): Tensor {
  const { batch, rows, columns } = grid;
  const [down, across] = [rows / 4, columns / 4];
  const flat = reshape(side, [batch * down * across, sideChannels]);
  const places = reshape(gemm(flat, weights, { transB: true }), [batch, down, across, 4, 4, channels]);
  return reshape(transpose(places, [0, 1, 3, 2, 4, 5]), [batch, rows, columns, channels]);
}

// 16 log2(1 + |c|), rounded down. The logarithm of a power of two may come out a little low.
function magnitudes(codes: Tensor): Tensor {
  return clip(floor(add(mul(log(add(abs(codes), 1)), 16 * Math.LOG2E), 1e-3)), 0, 127);
}

function around(x: Tensor): Tensor {
  return floor(mul(add(neighbourSum(x), 2), 0.25));
}

/** Sum of the four neighbours of every position, nothing beyond the border; [B, rows, columns, C]. */
export function neighbourSum(x: Tensor): Tensor {
  const [, rows, columns] = x.shape as [number, number, number, number];
  const wide = pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const shifted = (row: number, column: number) =>
    slice(slice(wide, 1, 1 + row, 1 + row + rows), 2, 1 + column, 1 + column + columns);
  return [shifted(-1, 0), shifted(1, 0), shifted(0, -1), shifted(0, 1)].reduce((a, b) => add(a, b));
}

/** 1 at positions of the first half, 0 elsewhere, [1, rows, columns, 1]. */
export function checkerboard({ rows, columns }: Pick<Grid, "rows" | "columns">): Tensor {
  const data = Float32Array.from({ length: rows * columns }, (_, at) =>
    (Math.floor(at / columns) + (at % columns)) % 2 === 0 ? 1 : 0,
  );
  return constant(data, [1, rows, columns, 1]);
}

function halves(bias: Tensor, channels: number): [Tensor, Tensor] {
  return [slice(bias, 0, 0, channels), slice(bias, 0, channels, 2 * channels)];
}

function wholeWeights(weights: Tensor, { shift }: SourcePlan, { precision }: ContextRecipe): Tensor {
  const unit = 2 ** (shift - precision);
  return throughRounding(clip(weights, -127 * unit, 127 * unit), unit);
}

function throughRounding(x: Tensor, unit: number): Tensor {
  return add(x, stopGradient(sub(mul(round(mul(x, 1 / unit)), unit), x)));
}

function floorThrough(x: Tensor): Tensor {
  return add(x, stopGradient(sub(floor(x), x)));
}
