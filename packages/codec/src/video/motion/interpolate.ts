/**
 * Values between pixels, at quarters, by eight taps that sum to 64: those that HEVC has for luma (Sullivan et al. 2012,
 * "Overview of the High Efficiency Video Coding Standard", table II). Integers alone, so that all machines agree.
 */
export const quarterTaps: readonly (readonly number[])[] = [
  [0, 0, 0, 64, 0, 0, 0, 0],
  [-1, 4, -10, 58, 17, -5, 1, 0],
  [-1, 4, -11, 40, 40, -11, 4, -1],
  [0, 1, -5, 17, 58, -10, 4, -1],
];

/** Pixels that the taps reach to the left and above. */
export const tapsBefore = 3;
/** Taps of a filter. */
export const tapCount = 8;
/** Sum of the taps. */
const whole = 64;
/** Its digits, twice: rows and columns are filtered before anything is rounded. */
const wholeShift = 12;
const half = 1 << (wholeShift - 1);

/** Brings the sum of both filters to a byte. */
export function roundedByte(sum: number): number {
  const value = (sum + half) >> wholeShift;
  return value < 0 ? 0 : Math.min(value, 255);
}

/**
 * A plane at all sixteen places between pixels, with its edge repeated around it.
 *
 * planes  [4 * down + across], each [height + 2 * margin][stride]
 */
export type PhasePlanes = { planes: Uint8Array[]; stride: number; margin: number };

/** Interpolates a plane [height, width] at every quarter of a pixel. */
export function phasePlanes(
  plane: Uint8Array,
  { width, height }: { width: number; height: number },
  margin: number,
): PhasePlanes {
  const stride = width + 2 * margin;
  const lines = height + 2 * margin;
  const wide = repeated(plane, { width, height }, margin + tapCount);
  const tall = lines + tapCount - 1;
  const planes: Uint8Array[] = new Array<Uint8Array>(16);
  for (let across = 0; across < 4; across++) {
    const rows = new Int32Array(tall * stride);
    const first = tapCount - tapsBefore;
    filterRows(wide, stride + 2 * tapCount, first, quarterTaps[across]!, rows, { lines: tall, stride });
    for (let down = 0; down < 4; down++) {
      planes[4 * down + across] = filterColumns(rows, quarterTaps[down]!, { lines, stride });
    }
  }
  return { planes, stride, margin };
}

type Size = { lines: number; stride: number };

function filterRows(
  wide: Uint8Array,
  wideStride: number,
  first: number,
  taps: readonly number[],
  into: Int32Array,
  { lines, stride }: Size,
): void {
  const [a, b, c, d, e, f, g, h] = taps as [number, number, number, number, number, number, number, number];
  for (let line = 0, at = 0; line < lines; line++) {
    let from = (line + first) * wideStride + first;
    for (let column = 0; column < stride; column++, at++, from++) {
      into[at] =
        a * wide[from]! +
        b * wide[from + 1]! +
        c * wide[from + 2]! +
        d * wide[from + 3]! +
        e * wide[from + 4]! +
        f * wide[from + 5]! +
        g * wide[from + 6]! +
        h * wide[from + 7]!;
    }
  }
}

function filterColumns(rows: Int32Array, taps: readonly number[], { lines, stride }: Size): Uint8Array {
  const [a, b, c, d, e, f, g, h] = taps as [number, number, number, number, number, number, number, number];
  const out = new Uint8Array(lines * stride);
  if (d === whole) {
    const from = tapsBefore * stride;
    for (let at = 0; at < out.length; at++) out[at] = roundedByte(whole * rows[from + at]!);
    return out;
  }
  for (let at = 0; at < out.length; at++) {
    out[at] = roundedByte(
      a * rows[at]! +
        b * rows[at + stride]! +
        c * rows[at + 2 * stride]! +
        d * rows[at + 3 * stride]! +
        e * rows[at + 4 * stride]! +
        f * rows[at + 5 * stride]! +
        g * rows[at + 6 * stride]! +
        h * rows[at + 7 * stride]!,
    );
  }
  return out;
}

/** A plane with its edge repeated `margin` pixels around it. */
export function repeated(
  plane: Uint8Array,
  { width, height }: { width: number; height: number },
  margin: number,
): Uint8Array {
  const stride = width + 2 * margin;
  const out = new Uint8Array(stride * (height + 2 * margin));
  for (let line = 0; line < height + 2 * margin; line++) {
    const from = Math.max(0, Math.min(height - 1, line - margin)) * width;
    const to = line * stride;
    out.fill(plane[from]!, to, to + margin);
    out.set(plane.subarray(from, from + width), to + margin);
    out.fill(plane[from + width - 1]!, to + margin + width, to + stride);
  }
  return out;
}
