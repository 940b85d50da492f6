/**
 * Eigenvalues of a symmetric matrix, largest first: Householder's reduction to three diagonals, then bisection by
 * Sturm counts (Golub and Van Loan 2013, sections 8.3.1 and 8.4.1).
 *
 * matrix  [size, size], both halves filled; it is overwritten
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix, size);
  const radius = (at: number) => Math.abs(beside[at - 1] ?? 0) + Math.abs(beside[at] ?? 0);
  const low = Math.min(...diagonal.map((value, at) => value - radius(at)));
  const high = Math.max(...diagonal.map((value, at) => value + radius(at)));
  return Float64Array.from({ length: size }, (_, rank) =>
    bisect(diagonal, beside, size - 1 - rank, low, high),
  );
}

/** diagonal [size] and what stands beside it [size - 1] after reflections from both sides. */
function tridiagonal(a: Float64Array, size: number): { diagonal: Float64Array; beside: Float64Array } {
  const beside = new Float64Array(Math.max(0, size - 1));
  const [v, p] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < size - 1; k++) {
    let square = 0;
    for (let i = k + 1; i < size; i++) square += a[i * size + k]! ** 2;
    const first = a[(k + 1) * size + k]!;
    const length = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    beside[k] = length;
    const half = square - first * length;
    if (half === 0) continue;
    for (let i = k + 1; i < size; i++) v[i] = a[i * size + k]!;
    v[k + 1]! -= length;
    reflect(a, size, k + 1, v, p, half);
  }
  return { diagonal: Float64Array.from({ length: size }, (_, i) => a[i * size + i]!), beside };
}

/** A - v w' - w v' on rows and columns from `from` on, where w makes it H A H of the mirror of v. */
function reflect(
  a: Float64Array,
  size: number,
  from: number,
  v: Float64Array,
  p: Float64Array,
  half: number,
): void {
  let along = 0;
  for (let i = from; i < size; i++) {
    let sum = 0;
    for (let j = from; j < size; j++) sum += a[i * size + j]! * v[j]!;
    p[i] = sum / half;
    along += (v[i]! * p[i]!) / (2 * half);
  }
  for (let i = from; i < size; i++) p[i]! -= along * v[i]!;
  for (let i = from; i < size; i++) {
    for (let j = from; j < size; j++) a[i * size + j]! -= v[i]! * p[j]! + p[i]! * v[j]!;
  }
}

/** The eigenvalue that `rank` others lie below. */
function bisect(
  diagonal: Float64Array,
  beside: Float64Array,
  rank: number,
  low: number,
  high: number,
): number {
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (countBelow(diagonal, beside, middle) > rank) high = middle;
    else low = middle;
  }
}

/** How many eigenvalues lie below x: the negative pivots of the matrix less x. */
function countBelow(diagonal: Float64Array, beside: Float64Array, x: number): number {
  let [pivot, count] = [1, 0];
  for (const [at, value] of diagonal.entries()) {
    pivot = value - x - (at === 0 ? 0 : beside[at - 1]! ** 2 / pivot);
    if (pivot === 0) pivot = -1e-150;
    if (pivot < 0) count += 1;
  }
  return count;
}
