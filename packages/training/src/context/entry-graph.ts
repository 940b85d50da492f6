import type { Parameters } from "@nacre/blocks";
import {
  abs,
  add,
  concat,
  div,
  expand,
  gatherElements,
  gemm,
  log,
  logSumExp,
  max,
  mean,
  mul,
  neg,
  reduceMin,
  reshape,
  slice,
  softmax,
  squeeze,
  stopGradient,
  sub,
  sum,
  type Tensor,
  unsqueeze,
} from "@nacre/graph";
import type { LayerChoice } from "@nacre/quantizer";
import { checkerboard, neighbourSum, sideMap } from "./context-graph.js";
import { type EntryProbability, type EntrySizes, place, sideFeatures, tableUnit } from "./entry-recipe.js";

/**
 * What a decoder has before it reads a layer's entries.
 *
 * side    float32 [B, rows / 4, columns / 4, Z], whole numbers
 * points  [L] of float32 [B, rows, columns, C], what each layer's codes stand for: a layer sees the one below,
 *         and of its own those at neighbours in the first half of a checkerboard
 */
export type KnownEntries = { side: Tensor; points: readonly Tensor[] };

/**
 * Logits of every layer's entries, [L] of [N or 1, Q, K], N = B * rows * columns. Nothing flows back into
 * points: they are what is known already.
 */
export function entryLogits(
  sizes: EntrySizes,
  probability: EntryProbability,
  parameters: Parameters,
  known: KnownEntries,
): Tensor[] {
  const numbers = Array.from({ length: sizes.layers }, (_, layer) => layer);
  const tables = numbers.map((layer) => mul(parameters[place.table(layer)]!, tableUnit));
  if (probability === "table") return tables;
  const { codes, entries } = sizes;
  const features = featuresOf(sizes, parameters, known);
  return numbers.map((layer) => {
    const own = features(layer);
    const mapped = gemm(own, parameters[place.weights(layer)]!);
    const table = tableOfHalves(tables[layer]!, known.points[0]!.shape);
    return add(reshape(mapped, [own.shape[0]!, codes, entries]), table);
  });
}

/**
 * Bits of the chosen entries, -log2 of their probability, [N, Q].
 *
 * To the logits the gradient is that of the bits. A choice has no gradient to the latent; in its place stands
 * that of the expected bits, were entries drawn as softly as the layer errs: with probabilities
 * softmax(-|x - entry|^2 / (2 s^2)), s^2 the mean squared error per value (soft-to-hard, Agustsson et al.
 * 2017, arXiv 1704.00648, equation 4).
 *
 * logits  [N or 1, Q, K]
 */
export function entryBits(logits: Tensor, { codes, point, distances }: LayerChoice): Tensor {
  const cost = mul(sub(unsqueeze(logSumExp(logits, [2]), [2]), logits), Math.LOG2E);
  const wide = expand(cost, distances.shape);
  const hard = squeeze(gatherElements(wide, unsqueeze(codes, [2]), 2), [2]);
  const valuesPerCode = point.shape[1]! / codes.shape[1]!;
  const error = mean(reduceMin(stopGradient(distances), [2], true), [0], true);
  const softness = max(mul(error, 2 / valuesPerCode), 1e-6);
  const shares = softmax(neg(div(distances, softness)), 2);
  const expected = sum(mul(shares, stopGradient(cost)), [2]);
  return add(hard, sub(expected, stopGradient(expected)));
}

function featuresOf({ channels }: EntrySizes, parameters: Parameters, { side, points }: KnownEntries) {
  const [batch, rows, columns] = points[0]!.shape as [number, number, number];
  const grid = { batch, rows, columns };
  const flat = (x: Tensor, width: number) => reshape(x, [batch * rows * columns, width]);
  const even = checkerboard(grid);
  const magnitudes = points.map((point) => log(add(mul(abs(stopGradient(point)), 16), 1)));
  const told = flat(
    sideMap(stopGradient(side), parameters[place.side]!, grid, sideFeatures, side.shape[3]!),
    sideFeatures,
  );
  return (layer: number) => {
    // Only positions of the second half have seen any of their own layer.
    const around = mul(neighbourSum(mul(magnitudes[layer]!, even)), mul(sub(1, even), 0.25));
    const below = layer > 0 ? [flat(magnitudes[layer - 1]!, channels)] : [];
    return concat([told, ...below, flat(around, channels)], 1);
  };
}

/** The table of each position's half, [N, Q, K] from [2, Q, K]. */
function tableOfHalves(table: Tensor, shape: readonly number[]): Tensor {
  const [batch, rows, columns] = shape as [number, number, number];
  const [, codes, entries] = table.shape as [number, number, number];
  const even = checkerboard({ rows, columns });
  const half = (at: number) => reshape(slice(table, 0, at, at + 1), [1, 1, 1, codes * entries]);
  const chosen = add(mul(half(0), even), mul(half(1), sub(1, even)));
  const repeated = concat(Array<Tensor>(batch).fill(chosen), 0);
  return reshape(repeated, [batch * rows * columns, codes, entries]);
}
