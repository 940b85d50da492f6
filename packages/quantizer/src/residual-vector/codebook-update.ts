import {
  add,
  cast,
  constant,
  div,
  exp,
  gather,
  greater,
  less,
  log,
  max,
  mod,
  mul,
  neg,
  or,
  reshape,
  scalar,
  scatterAddRows,
  slice,
  stopGradient,
  sum,
  type Tensor,
  unsqueeze,
  where,
  zeros,
} from "@nacre/graph";
import type { ResidualVectorDraws, ResidualVectorOptions } from "./graph.js";

/** Weight of an entry's old place in its moving average: keeps an unused entry where it is. */
export const smoothing = 1e-5;

/**
 * One layer before its update: residual [N, D], codes int64 [N], mask [N, 1], codebook [K, D],
 * counts [K], sums [K, D].
 */
export type CodebookLayer = {
  residual: Tensor;
  codes: Tensor;
  mask: Tensor;
  codebook: Tensor;
  counts: Tensor;
  sums: Tensor;
};

/** The layer after its update; `moving` are the counts before replaced entries were set to 1. */
export type UpdatedLayer = {
  codebook: Tensor;
  counts: Tensor;
  sums: Tensor;
  moving: Tensor;
  replaced: Tensor; // bool [K]
  replacedCount: Tensor; // scalar
};

/**
 * Moves one layer's codebook by the rows that use it and replaces dead or forced entries.
 *
 *   counts' = decay counts + (1 - decay) rows per entry     sums' likewise with the rows
 *   entry'  = (sums' + smoothing entry) / (counts' + smoothing)
 *
 * The smoothing is Laplace's with the entry itself as prior, so that an entry nobody chooses stays
 * in place and nothing is divided by zero. Everything is detached.
 */
export function updateLayer(
  pass: CodebookLayer,
  draws: ResidualVectorDraws,
  layer: number,
  options: ResidualVectorOptions,
): UpdatedLayer {
  const residual = stopGradient(pass.residual);
  const codebook = stopGradient(pass.codebook);
  const moving = movingCounts(pass, options.decay);
  const sums = options.update === "gradient" ? pass.sums : movingSums(pass, residual, options.decay);
  const moved = options.update === "gradient" ? codebook : movedEntries(codebook, sums, moving);

  const forced = greater(slice(draws.forceRestart, 0, layer, layer + 1), 0.5);
  const replaced = or(less(moving, options.deadBelow), forced);
  const column = unsqueeze(replaced, [1]);
  const rows = gather(residual, restartRows(draws, layer, residual.shape[0]!, codebook.shape[0]!), 0);
  return {
    codebook: where(column, rows, moved),
    counts: where(replaced, scalar(1), moving),
    sums: where(column, rows, sums),
    moving,
    replaced,
    replacedCount: sum(cast(replaced, "float32")),
  };
}

/** 2^(entropy in bits) of a layer's moving counts [K], 1 .. K. */
export function movingPerplexity(moving: Tensor): Tensor {
  const share = div(moving, max(sum(moving), 1e-12));
  return exp(neg(sum(mul(share, log(max(share, 1e-12))))));
}

function movingCounts({ codes, mask, counts }: CodebookLayer, decay: number): Tensor {
  const rows = codes.shape[0]!;
  const hits = scatterAddRows(zeros(counts.shape), codes, reshape(mask, [rows]));
  return add(mul(counts, decay), mul(hits, 1 - decay));
}

function movingSums({ codes, mask, sums }: CodebookLayer, residual: Tensor, decay: number): Tensor {
  return scatterAddRows(mul(sums, decay), codes, mul(residual, mul(mask, 1 - decay)));
}

function movedEntries(codebook: Tensor, sums: Tensor, moving: Tensor): Tensor {
  return div(add(sums, mul(codebook, smoothing)), unsqueeze(add(moving, smoothing), [1]));
}

/** int64 [entries]: entry j takes row (offset + j * stride) mod rows, all different while they last. */
function restartRows(draws: ResidualVectorDraws, layer: number, rows: number, entries: number): Tensor {
  const stride = restartStride(rows);
  const steps = constant(
    BigInt64Array.from({ length: entries }, (_, j) => BigInt((j * stride) % rows)),
    [entries],
  );
  const offset = slice(draws.restartOffset, 0, layer, layer + 1);
  const modulus = scalar(rows, "int64");
  return mod(add(mod(offset, modulus), steps), modulus);
}

/**
 * A prime that does not divide `rows`, so that its multiples visit every row before any twice.
 * Neighbouring rows are neighbouring frames of one sound; the stride keeps entries apart.
 */
export function restartStride(rows: number): number {
  const primes = [7919, 7907, 7901, 7883, 7879];
  return primes.find((prime) => rows % prime !== 0) ?? 1;
}
