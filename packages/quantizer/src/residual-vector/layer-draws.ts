import { NacreError } from "@nacre/errors";

/**
 * How the items that do not use all layers draw their number k from 1 .. L.
 *
 * "even"         every k alike
 * "logarithmic"  k with probability log((k + 1) / k) / log(L + 1): few layers, which carry most, come up
 *                often enough to be trained well in a deep stack
 */
export type LayerSpread = "even" | "logarithmic";

/**
 * Draws how many layers each item of a batch uses.
 *
 * random           uniform in [0, 1), called twice per item
 * items            how many
 * layers           L of the stack
 * probabilityFull  share of items that use all layers, the others draw 1 .. L; .5 by default: dropout
 *                  on every item costs quality at the full rate
 * spread           of those draws; "even" by default
 * returns          [items], each 1 .. L. L itself is among the drawn, so the last layer is trained
 *                  even when probabilityFull is 0.
 *
 * Kumar et al. 2023, arXiv 2306.06546, section 3.2.
 */
export function drawLayerCounts(
  random: () => number,
  items: number,
  layers: number,
  probabilityFull = 0.5,
  spread: LayerSpread = "even",
): Int32Array {
  return Int32Array.from({ length: items }, () => {
    const full = random() < probabilityFull;
    const drawn = drawCount(random(), layers, spread);
    return full ? layers : drawn;
  });
}

function drawCount(position: number, layers: number, spread: LayerSpread): number {
  if (spread === "even") return 1 + Math.floor(position * layers);
  // (L + 1)^u is below L + 1 but for rounding.
  return Math.min(layers, Math.floor((layers + 1) ** position));
}

/**
 * The mask that `residualVectorGraph` reads.
 *
 * counts       [items], layers that each item uses, 0 .. layers
 * rowsPerItem  rows (frames) of an item; items follow each other
 * layers       L of the stack
 * returns      [items * rowsPerItem, layers], 1 where the row uses the layer
 * throws       NacreError "option" when a count is out of range
 */
export function layerCountMask(
  counts: Int32Array | readonly number[],
  rowsPerItem: number,
  layers: number,
): Float32Array {
  const mask = new Float32Array(counts.length * rowsPerItem * layers);
  for (const [item, count] of counts.entries()) {
    if (!Number.isInteger(count) || count < 0 || count > layers) {
      throw new NacreError("option", {
        found: `item ${item} uses ${count} layers`,
        expected: `0 to ${layers}`,
      });
    }
    for (let row = item * rowsPerItem; row < (item + 1) * rowsPerItem; row++) {
      mask.fill(1, row * layers, row * layers + count);
    }
  }
  return mask;
}

/** Arrays of a stack before its first step: zero codebooks and sums, counts of 1 so that none is dead. */
export function initialResidualVectorState(
  layers: number,
  entries: number,
  dimension: number,
): { codebooks: Float32Array; counts: Float32Array; sums: Float32Array } {
  return {
    codebooks: new Float32Array(layers * entries * dimension),
    counts: new Float32Array(layers * entries).fill(1),
    sums: new Float32Array(layers * entries * dimension),
  };
}
