import { NacreError } from "@nacre/errors";
import { magnitudeFeatures, mostFeature, neighbourFeatures } from "./features.js";
import { type AddProduct, addProduct, type Int8Matrix } from "./product.js";

/**
 * One thing that a layer's context looks at.
 *
 * feature  "side": the side codes of the 4 x 4 block that the position is in; weights [16 * C, Z], one map for each
 *          place in the block. "codes": magnitudes of a lower layer at the position. "neighbours": mean
 *          magnitudes of the four positions around it, of a lower layer, or of the layer itself, which only
 *          positions of the second half have. "before": magnitudes of a layer of the frame before at the position,
 *          nothing where there is none. Weights [C, C], or [C] when diagonal.
 * layer    whose codes, from 0; of no meaning for "side"
 * shift    the sum is multiplied by 2^shift, 0 .. 12: the weights' common scale
 */
export type ContextSource = {
  feature: "side" | "codes" | "neighbours" | "before";
  layer: number;
  diagonal: boolean;
  shift: number;
  weights: Int8Array;
};

/** bias: [2 * C], of positions of the first half, then of the second. */
export type ContextLayer = { bias: Int32Array; sources: readonly ContextSource[] };

/**
 * Which of a layer's tables codes each symbol, as an integer linear map of codes that are known before it:
 *
 *   table = clip((bias + sum over sources of 2^shift (weights . features)) >> precision, 0, tables - 1)
 *
 * The form of Wu et al. 2026 (PULSE, arXiv 2609.18602), extended to layers. Positions with an even sum of
 * coordinates are the first half, the others the second (He et al. 2021, arXiv 2103.15306).
 *
 * channels      C, codes of a position
 * sideChannels  Z
 * reach         the code that stands for zero
 * tables        1 .. 256
 * precision     0 .. 20, fraction bits of the sums
 */
export type LinearContext = {
  channels: number;
  sideChannels: number;
  reach: number;
  tables: number;
  precision: number;
  layers: readonly ContextLayer[];
};

/** Positions of the codes: rows and columns at 1/16; the side codes' grid is a quarter of it, rounded up. */
export type CodeGrid = { rows: number; columns: number };

/** Side positions per axis and position. */
const blockSide = 4;
const mostSum = 2 ** 31 - 1;

/**
 * Checks a context's sizes and that no sum can leave int32, whatever the codes.
 *
 * throws NacreError "model" naming the layer and what is wrong
 */
export function checkContext(context: LinearContext): LinearContext {
  const { channels, tables, precision, layers } = context;
  const small = (value: number, low: number, high: number) =>
    Number.isInteger(value) && value >= low && value <= high;
  if (!small(channels, 1, 4096) || !small(context.sideChannels, 0, 4096)) throw unfit("its channels");
  if (!small(tables, 1, 256) || !small(precision, 0, 20)) throw unfit("its number of tables or precision");
  for (const [layer, { bias, sources }] of layers.entries()) {
    if (bias.length !== 2 * channels) throw unfit(`${bias.length} biases in layer ${layer + 1}`);
    for (const source of sources) checkSource(context, layer, source);
    if (largestSum(context, layer) > mostSum) throw unfit(`sums beyond 32 bits in layer ${layer + 1}`);
  }
  return context;
}

function checkSource(context: LinearContext, layer: number, source: ContextSource): void {
  const { channels, sideChannels } = context;
  const { feature, shift, diagonal, weights } = source;
  const size = feature === "side" ? 16 * channels * sideChannels : channels * (diagonal ? 1 : channels);
  const last = feature === "codes" ? layer - 1 : layer;
  const seen = feature === "side" || (source.layer >= 0 && source.layer <= last);
  const fits = weights.length === size && Number.isInteger(shift) && shift >= 0 && shift <= 12;
  if (fits && seen && !(feature === "side" && diagonal)) return;
  throw unfit(`a source "${feature}" of layer ${source.layer + 1} in layer ${layer + 1}`);
}

/** Bound of |sum| over all channels: every feature at its largest, every weight with the same sign. */
function largestSum({ channels, layers }: LinearContext, layer: number): number {
  const { bias, sources } = layers[layer]!;
  const base = bias.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return sources.reduce((total, { weights, shift, feature }) => {
    const row = weights.length / (feature === "side" ? 16 * channels : channels);
    let most = 0;
    for (let at = 0; at < weights.length; at += row) {
      let sum = 0;
      for (let k = at; k < at + row; k++) sum += Math.abs(weights[k]!);
      most = Math.max(most, sum);
    }
    return total + most * mostFeature * 2 ** shift;
  }, base);
}

/** The choice of tables for one tile, layer after layer. */
export type TileContext = {
  /**
   * Tables of the first half of the next layer, [positions of the half, C], in raster order.
   */
  first(): Uint8Array;
  /**
   * Tables of the second half, once the first half's codes are known.
   *
   * codes  [rows * columns, C]; those of the second half are not looked at
   */
  second(codes: Int32Array): Uint8Array;
  /** Ends a layer with all its codes, [rows * columns, C]. */
  close(codes: Int32Array): void;
};

/**
 * Opens the context of one tile.
 *
 * side     codes [side positions, Z], -127 .. 127
 * product  all forms give the same sums; the fastest by default
 * before   codes of the frame before, [layer] of [rows * columns, C], as many layers as it had; none by default
 */
export function openTileContext(
  context: LinearContext,
  grid: CodeGrid,
  side: Int8Array,
  product: AddProduct = addProduct,
  before: readonly Int32Array[] = [],
): TileContext {
  const { layers, channels, reach } = context;
  const halves = halvesOf(grid);
  const features: Int8Array[] = [];
  const remembered = before.map((codes) => magnitudeFeatures(codes, reach));
  let layer = 0;
  const tablesOf = (half: 0 | 1, own?: Int8Array) => {
    const positions = halves[half];
    const sums = new Int32Array(positions.length * channels);
    const { bias, sources } = layers[layer]!;
    const base = bias.subarray(half * channels, (half + 1) * channels);
    for (let at = 0; at < sums.length; at += channels) sums.set(base, at);
    for (const source of sources) {
      const seen = seenBy(source, layer, own, features, remembered);
      if (source.feature === "side") addSide(context, source, grid, positions, side, sums, product);
      else if (seen) addCodes(context, source, grid, positions, seen, sums, product);
    }
    return indicesOf(sums, context);
  };
  return {
    first: () => tablesOf(0),
    second: (codes) => tablesOf(1, firstHalfFeatures(codes, reach, channels, halves[1])),
    close(codes) {
      features.push(magnitudeFeatures(codes, reach));
      layer++;
    },
  };
}

/** Features that a source looks at; nothing where they are not known yet, or there is none. */
function seenBy(
  { feature, layer: of }: ContextSource,
  layer: number,
  own: Int8Array | undefined,
  features: readonly Int8Array[],
  remembered: readonly Int8Array[],
): Int8Array | undefined {
  if (feature === "before") return remembered[of];
  return feature === "neighbours" && of === layer ? own : features[of];
}

/** Positions of the first and of the second half, each in raster order. */
export function halvesOf({ rows, columns }: CodeGrid): [Uint32Array, Uint32Array] {
  const halves: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      halves[(row + column) % 2 === 0 ? 0 : 1].push(row * columns + column);
    }
  }
  return [Uint32Array.from(halves[0]), Uint32Array.from(halves[1])];
}

function firstHalfFeatures(
  codes: Int32Array,
  reach: number,
  channels: number,
  second: Uint32Array,
): Int8Array {
  const features = magnitudeFeatures(codes, reach);
  for (const position of second) features.fill(0, position * channels, (position + 1) * channels);
  return features;
}

const matrices = new WeakMap<Int8Array, Int8Matrix>();

// The same object each time: a kernel may keep what it laid out for it.
function matrixOf(weights: Int8Array, depth: number): Int8Matrix {
  const known = matrices.get(weights) ?? { rows: weights.length / depth, depth, data: weights };
  matrices.set(weights, known);
  return known;
}

function addCodes(
  { channels }: LinearContext,
  { feature, diagonal, shift, weights }: ContextSource,
  grid: CodeGrid,
  positions: Uint32Array,
  seen: Int8Array,
  sums: Int32Array,
  product: AddProduct,
): void {
  const all = feature === "neighbours" ? neighbourFeatures(seen, grid, channels) : seen;
  const rows = new Int8Array(positions.length * channels);
  for (const [at, position] of positions.entries()) {
    rows.set(all.subarray(position * channels, (position + 1) * channels), at * channels);
  }
  if (diagonal) {
    const scale = 2 ** shift;
    for (let at = 0; at < rows.length; at++) sums[at]! += rows[at]! * weights[at % channels]! * scale;
    return;
  }
  const a = { rows: positions.length, depth: channels, data: rows };
  addShifted(a, matrixOf(weights, channels), shift, sums, product);
}

/** Every side position's map to its 16 places at once, then each place takes its own. */
function addSide(
  { channels, sideChannels }: LinearContext,
  { shift, weights }: ContextSource,
  { columns }: CodeGrid,
  positions: Uint32Array,
  side: Int8Array,
  sums: Int32Array,
  product: AddProduct,
): void {
  const blocks = side.length / sideChannels;
  const maps = new Int32Array(blocks * 16 * channels);
  product({ rows: blocks, depth: sideChannels, data: side }, matrixOf(weights, sideChannels), maps);
  const blockColumns = Math.ceil(columns / blockSide);
  const scale = 2 ** shift;
  for (const [at, position] of positions.entries()) {
    const [row, column] = [Math.floor(position / columns), position % columns];
    const block = Math.floor(row / blockSide) * blockColumns + Math.floor(column / blockSide);
    const place = (row % blockSide) * blockSide + (column % blockSide);
    const from = (block * 16 + place) * channels;
    for (let c = 0; c < channels; c++) sums[at * channels + c]! += maps[from + c]! * scale;
  }
}

function addShifted(
  a: Int8Matrix,
  b: Int8Matrix,
  shift: number,
  sums: Int32Array,
  product: AddProduct,
): void {
  if (shift === 0) {
    product(a, b, sums);
    return;
  }
  const own = new Int32Array(sums.length);
  product(a, b, own);
  const scale = 2 ** shift;
  for (let at = 0; at < sums.length; at++) sums[at]! += own[at]! * scale;
}

function indicesOf(sums: Int32Array, { precision, tables }: LinearContext): Uint8Array {
  const last = tables - 1;
  const indices = new Uint8Array(sums.length);
  for (let at = 0; at < sums.length; at++) {
    const index = sums[at]! >> precision;
    indices[at] = Math.max(0, Math.min(index, last));
  }
  return indices;
}

function unfit(what: string): NacreError {
  return new NacreError("model", {
    found: `a context model with ${what}`,
    expected: "sizes that fit each other and sums within 32 bits",
    mend: "install the model again",
  });
}
