/**
 * A curve through points, cubic between its knots.
 *
 * at     its value at x; asked only between the first and the last point, never beyond
 * knots  where one cubic ends and the next begins, ascending
 */
export type Curve = { at(x: number): number; knots: readonly number[] };

/** Mean of a curve over low .. high: the integral, exact by Simpson's rule on each cubic, over the width. */
export function meanOver({ at, knots }: Curve, low: number, high: number): number {
  const edges = [low, ...knots.filter((knot) => knot > low && knot < high), high];
  let integral = 0;
  for (let i = 1; i < edges.length; i++) {
    const [a, b] = [edges[i - 1]!, edges[i]!];
    integral += ((b - a) * (at(a) + 4 * at((a + b) / 2) + at(b))) / 6;
  }
  return integral / (high - low);
}

/**
 * The polynomial of degree 3 with the least squared error; through four points it passes exactly.
 *
 * x  ascending, at least four
 */
export function cubicFit(x: readonly number[], y: readonly number[]): Curve {
  const [first, last] = [x[0]!, x.at(-1)!];
  // Powers of -1 .. 1 keep the normal equations well conditioned.
  const scaled = (value: number) => (2 * value - first - last) / (last - first);
  const powers = x.map((value) => [0, 1, 2, 3].map((power) => scaled(value) ** power));
  const rows = [0, 1, 2, 3].map((i) => [
    ...[0, 1, 2, 3].map((j) => powers.reduce((sum, p) => sum + p[i]! * p[j]!, 0)),
    powers.reduce((sum, p, n) => sum + p[i]! * y[n]!, 0),
  ]);
  const [c0, c1, c2, c3] = solve(rows) as [number, number, number, number];
  const at = (value: number) => {
    const t = scaled(value);
    return c0 + t * (c1 + t * (c2 + t * c3));
  };
  return { at, knots: [] };
}

/** Gaussian elimination with row pivoting; each row ends in its right-hand side. Changes the rows. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  for (let i = 0; i < size; i++) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]!) > Math.abs(best[i]!) ? row : best));
    rows[rows.indexOf(pivot)] = rows[i]!;
    rows[i] = pivot;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[i]! / pivot[i]!;
      for (let j = i; j <= size; j++) row[j]! -= factor * pivot[j]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}

/**
 * The piecewise cubic Hermite curve that passes through every point and rises or falls throughout, as they do.
 *
 * x  ascending, at least three
 * y  ascending or descending, strictly
 *
 * Fritsch & Butland 1984, "A method for constructing local monotone piecewise cubic interpolants", with the
 * weighted harmonic mean of equation 5; one-sided slopes of three points at the ends.
 */
export function pchipFit(x: readonly number[], y: readonly number[]): Curve {
  const widths = x.slice(1).map((value, i) => value - x[i]!);
  const steps = widths.map((width, i) => (y[i + 1]! - y[i]!) / width);
  const slopes = x.map((_, i) => {
    if (i === 0) return endSlope(widths[0]!, widths[1]!, steps[0]!, steps[1]!);
    if (i === x.length - 1) return endSlope(widths.at(-1)!, widths.at(-2)!, steps.at(-1)!, steps.at(-2)!);
    return innerSlope(widths[i - 1]!, widths[i]!, steps[i - 1]!, steps[i]!);
  });
  const at = (value: number) => {
    const i = Math.max(
      0,
      Math.min(
        x.findLastIndex((knot) => knot <= value),
        x.length - 2,
      ),
    );
    const [width, step, from] = [widths[i]!, steps[i]!, value - x[i]!];
    const square = (3 * step - 2 * slopes[i]! - slopes[i + 1]!) / width;
    const cube = (slopes[i]! + slopes[i + 1]! - 2 * step) / (width * width);
    return y[i]! + from * (slopes[i]! + from * (square + from * cube));
  };
  return { at, knots: x };
}

function innerSlope(before: number, after: number, stepBefore: number, stepAfter: number): number {
  const [first, second] = [2 * after + before, after + 2 * before];
  return (first + second) / (first / stepBefore + second / stepAfter);
}

/** The slope of the parabola through three points, held back where it would turn the curve around. */
function endSlope(near: number, far: number, step: number, next: number): number {
  const slope = ((2 * near + far) * step - near * next) / (near + far);
  return slope * step <= 0 ? 0 : slope;
}
