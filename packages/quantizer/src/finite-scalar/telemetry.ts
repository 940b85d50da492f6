import {
  add,
  cast,
  concat,
  constant,
  div,
  exp,
  less,
  log,
  max,
  mul,
  neg,
  reshape,
  scatterAddRows,
  sizeOf,
  sum,
  type Tensor,
  zeros,
} from "@nacre/graph";

/**
 * What a training step tells of layers of finite scalars, float32 [L] each, over all rows of the batch.
 *
 * codes    [L] of int64 [N, P]
 * errors   [L] scalars
 * returns  perplexity  2^(mean over channels of the entropy of their codes, bits): 1 .. the levels' geometric
 *                      mean; a batch has too few rows to count the joint code
 *          dead        pairs of channel and level that no row has, 0 .. sum of levels
 *          quantizationError  the errors
 */
export function scalarTelemetry(
  codes: readonly Tensor[],
  errors: readonly Tensor[],
  levels: readonly number[],
): { perplexity: Tensor; dead: Tensor; quantizationError: Tensor } {
  const shares = codes.map((layer) => codeShares(layer, levels));
  const rows = codes[0]!.shape[0]!;
  return {
    perplexity: joined(shares.map((share) => meanPerplexity(share, levels.length))),
    // Half a row is less than any that was seen.
    dead: joined(shares.map((share) => sum(cast(less(share, 0.5 / rows), "float32")))),
    quantizationError: joined(errors),
  };
}

/** Share of the rows that have each code of each channel, [sum of levels], channel after channel. */
function codeShares(codes: Tensor, levels: readonly number[]): Tensor {
  let total = 0;
  const starts = levels.map((count) => {
    total += count;
    return BigInt(total - count);
  });
  const places = reshape(add(codes, constant(BigInt64Array.from(starts), [levels.length])), [
    sizeOf(codes.shape),
  ]);
  const ones = constant(new Float32Array(sizeOf(codes.shape)).fill(1), [sizeOf(codes.shape)]);
  return div(scatterAddRows(zeros([total]), places, ones), codes.shape[0]!);
}

function meanPerplexity(shares: Tensor, channels: number): Tensor {
  return exp(div(neg(sum(mul(shares, log(max(shares, 1e-12))))), channels));
}

function joined(values: readonly Tensor[]): Tensor {
  return concat(
    values.map((value) => reshape(value, [1])),
    0,
  );
}
