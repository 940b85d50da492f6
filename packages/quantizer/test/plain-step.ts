/** One training step of a residual vector stack in plain float64 loops, to hold the graph against. */

export type Sizes = { rows: number; layers: number; entries: number; dimension: number };

export type PlainInput = {
  latent: Float32Array; // [N, D]
  codebooks: Float32Array; // [L, K, D]
  counts: Float32Array; // [L, K]
  sums: Float32Array; // [L, K, D]
  layerMask: Float32Array; // [N, L]
  restartOffset: BigInt64Array; // [L]
  forceRestart: Float32Array; // [L]
};

export type PlainOptions = { decay: number; deadBelow: number; smoothing: number; stride: number };

/** Everything the graph answers, for update "moving-average". */
export function plainStep(sizes: Sizes, given: PlainInput, options: PlainOptions) {
  const { rows, layers, entries, dimension } = sizes;
  const out = {
    codes: new Float64Array(rows * layers),
    quantized: new Float64Array(rows * dimension),
    codebooks: Float64Array.from(given.codebooks),
    counts: new Float64Array(layers * entries),
    sums: new Float64Array(layers * entries * dimension),
    dead: new Float64Array(layers),
    quantizationError: new Float64Array(layers),
    commitment: 0,
  };
  const residual = Float64Array.from(given.latent);
  let [errorTotal, usedTotal] = [0, 0];
  for (let layer = 0; layer < layers; layer++) {
    const book = (entry: number, i: number) => given.codebooks[(layer * entries + entry) * dimension + i]!;
    const hits = new Float64Array(entries);
    const hitSums = new Float64Array(entries * dimension);
    const before = residual.slice();
    let [layerError, used] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const at = row * dimension;
      const distance = (entry: number) => {
        let total = 0;
        for (let i = 0; i < dimension; i++) total += (residual[at + i]! - book(entry, i)) ** 2;
        return total;
      };
      let code = 0;
      for (let entry = 1; entry < entries; entry++) if (distance(entry) < distance(code)) code = entry;
      out.codes[row * layers + layer] = code;
      if (given.layerMask[row * layers + layer] === 1) {
        used++;
        layerError += distance(code);
        hits[code]!++;
        for (let i = 0; i < dimension; i++) {
          hitSums[code * dimension + i]! += residual[at + i]!;
          out.quantized[at + i]! += book(code, i);
        }
      }
      for (let i = 0; i < dimension; i++) residual[at + i]! -= book(code, i);
    }
    errorTotal += layerError;
    usedTotal += used;
    out.quantizationError[layer] = layerError / (Math.max(used, 1) * dimension);
    for (let entry = 0; entry < entries; entry++) {
      const place = layer * entries + entry;
      const count = options.decay * given.counts[place]! + (1 - options.decay) * hits[entry]!;
      const dead = count < options.deadBelow || given.forceRestart[layer] === 1;
      const row = (Number(given.restartOffset[layer]!) + entry * options.stride) % rows;
      if (dead) out.dead[layer]!++;
      out.counts[place] = dead ? 1 : count;
      for (let i = 0; i < dimension; i++) {
        const at = place * dimension + i;
        const sum = options.decay * given.sums[at]! + (1 - options.decay) * hitSums[entry * dimension + i]!;
        const fresh = before[row * dimension + i]!;
        out.sums[at] = dead ? fresh : sum;
        const moved = (sum + options.smoothing * given.codebooks[at]!) / (count + options.smoothing);
        out.codebooks[at] = dead ? fresh : moved;
      }
    }
  }
  out.commitment = errorTotal / (Math.max(usedTotal, 1) * dimension);
  return out;
}
