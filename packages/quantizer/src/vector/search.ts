/** Rows and entries that are compared together, so that both stay in the nearest cache. */
const rowBlock = 32;
const entryBlock = 32;

/**
 * A codebook made ready for search.
 *
 * entries  float64 [padded K, D]: padded to a multiple of four by entries that nothing chooses
 * biases   float64 [padded K], |c|^2, or 0 where only the direction counts
 */
export type SearchTable = {
  entries: Float64Array;
  biases: Float64Array;
  dimension: number;
};

/** Table for the nearest entry by Euclidean distance; codebook [K, D]. */
export function euclideanTable(codebook: Float32Array, entries: number, dimension: number): SearchTable {
  const table = emptyTable(entries, dimension);
  table.entries.set(codebook);
  for (let entry = 0; entry < entries; entry++) table.biases[entry] = squaredNorm(codebook, entry, dimension);
  return table;
}

/** Table for the entry of nearest direction (largest cosine); a zero entry has cosine 0 to all. */
export function cosineTable(codebook: Float32Array, entries: number, dimension: number): SearchTable {
  const table = emptyTable(entries, dimension);
  for (let entry = 0; entry < entries; entry++) {
    const norm = Math.sqrt(squaredNorm(codebook, entry, dimension));
    const from = entry * dimension;
    for (let i = from; i < from + dimension; i++) table.entries[i] = norm > 0 ? codebook[i]! / norm : 0;
    table.biases[entry] = 0;
  }
  return table;
}

/**
 * Index of the best entry of each row: least bias - 2 x.c, the lowest index when several are equal.
 * rows [N, D]; returns [N]. Every inner product is added in one order, so equal entries tie exactly.
 */
export function searchRows(table: SearchTable, rows: Float32Array, count: number): Int32Array {
  const { dimension } = table;
  const codes = new Int32Array(count);
  const block = new Float64Array(rowBlock * dimension);
  for (let first = 0; first < count; first += rowBlock) {
    const size = Math.min(rowBlock, count - first);
    block.fill(0).set(rows.subarray(first * dimension, (first + size) * dimension));
    searchBlock(table, block, size, codes.subarray(first, first + size));
  }
  return codes;
}

function searchBlock(table: SearchTable, block: Float64Array, size: number, codes: Int32Array): void {
  const total = table.biases.length;
  const best = new Float64Array(rowBlock).fill(Number.POSITIVE_INFINITY);
  for (let from = 0; from < total; from += entryBlock) {
    const to = Math.min(from + entryBlock, total);
    // An odd last row is searched beside a zero row, whose answer falls outside `codes`.
    for (let row = 0; row < size; row += 2) searchTwoRows(table, block, row, from, to, best, codes);
  }
}

/** Two rows against four entries at a time: eight sums that stay in registers. */
function searchTwoRows(
  { entries, biases, dimension }: SearchTable,
  block: Float64Array,
  row: number,
  from: number,
  to: number,
  best: Float64Array,
  codes: Int32Array,
): void {
  const a = row * dimension;
  const b = a + dimension;
  for (let entry = from; entry < to; entry += 4) {
    const c0 = entry * dimension;
    const c1 = c0 + dimension;
    const c2 = c1 + dimension;
    const c3 = c2 + dimension;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let i = 0; i < dimension; i++) {
      const x = block[a + i]!;
      const y = block[b + i]!;
      const p = entries[c0 + i]!;
      const q = entries[c1 + i]!;
      const r = entries[c2 + i]!;
      const s = entries[c3 + i]!;
      a0 += x * p;
      a1 += x * q;
      a2 += x * r;
      a3 += x * s;
      b0 += y * p;
      b1 += y * q;
      b2 += y * r;
      b3 += y * s;
    }
    const n0 = biases[entry]!;
    const n1 = biases[entry + 1]!;
    const n2 = biases[entry + 2]!;
    const n3 = biases[entry + 3]!;
    keepBest(best, codes, row, entry, n0 - 2 * a0, n1 - 2 * a1, n2 - 2 * a2, n3 - 2 * a3);
    keepBest(best, codes, row + 1, entry, n0 - 2 * b0, n1 - 2 * b1, n2 - 2 * b2, n3 - 2 * b3);
  }
}

function keepBest(
  best: Float64Array,
  codes: Int32Array,
  row: number,
  entry: number,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
): void {
  let least = best[row]!;
  let code = -1;
  if (s0 < least) {
    least = s0;
    code = entry;
  }
  if (s1 < least) {
    least = s1;
    code = entry + 1;
  }
  if (s2 < least) {
    least = s2;
    code = entry + 2;
  }
  if (s3 < least) {
    least = s3;
    code = entry + 3;
  }
  if (code < 0) return;
  best[row] = least;
  codes[row] = code;
}

function emptyTable(entries: number, dimension: number): SearchTable {
  const padded = Math.ceil(entries / 4) * 4;
  return {
    entries: new Float64Array(padded * dimension),
    biases: new Float64Array(padded).fill(Number.POSITIVE_INFINITY),
    dimension,
  };
}

function squaredNorm(codebook: Float32Array, entry: number, dimension: number): number {
  let total = 0;
  for (let i = entry * dimension; i < (entry + 1) * dimension; i++) total += codebook[i]! * codebook[i]!;
  return total;
}
