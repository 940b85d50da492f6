/** Pixels along a side of the smallest block, and of the block that is split into four of them. */
export const blockSize = { small: 8, large: 16 } as const;

/** Farthest that a vector points on one axis, in quarter pixels. */
export const mostVector = 511;

/** 8-bit planes of one size, row after row: red, green and blue. */
export type FramePlanes = { width: number; height: number; planes: readonly Uint8Array[] };

/**
 * Where each block of 8 x 8 pixels of a frame comes from in the frame before it.
 *
 * rows, columns  of blocks, those at the right and lower edge cut
 * x, y           [rows * columns], quarter pixels, -mostVector .. mostVector, added to the block's own place
 */
export type MotionField = { rows: number; columns: number; x: Int16Array; y: Int16Array };

/** A field of a frame where nothing moves. */
export function stillField({ width, height }: Pick<FramePlanes, "width" | "height">): MotionField {
  const [rows, columns] = [Math.ceil(height / blockSize.small), Math.ceil(width / blockSize.small)];
  return {
    rows,
    columns,
    x: new Int16Array(rows * columns),
    y: new Int16Array(rows * columns),
  };
}

/** A vector in quarter pixels. */
export type Vector = { x: number; y: number };

/**
 * A block in the order of coding: large blocks row after row, in each the four small ones.
 *
 * row, column  of its first small block
 * span         small blocks along its side, 2 or 1
 * last         it is the fourth of four: what stands to the right above it is not known yet
 */
export type BlockPlace = { row: number; column: number; span: 1 | 2; last?: boolean };

/**
 * What blocks before it say of a block's vector: the median of left, above, and above to the right, each axis on its own
 * (as in H.263 and H.264, Wiegand et al. 2003, section IV D). In the first row it is the left one.
 */
export function predictedVector(field: MotionField, { row, column, span, last }: BlockPlace): Vector {
  const left = vectorAt(field, row, column - 1);
  if (row === 0) return left;
  const above = vectorAt(field, row - 1, column);
  const beyond = last || column + span >= field.columns;
  const corner = vectorAt(field, row - 1, beyond ? column - 1 : column + span);
  return { x: median(left.x, above.x, corner.x), y: median(left.y, above.y, corner.y) };
}

/** Writes a vector to all small blocks of a block, as far as the field has them. */
export function layVector(field: MotionField, { row, column, span }: BlockPlace, { x, y }: Vector): void {
  for (let down = row; down < Math.min(row + span, field.rows); down++) {
    const from = down * field.columns;
    field.x.fill(x, from + column, from + Math.min(column + span, field.columns));
    field.y.fill(y, from + column, from + Math.min(column + span, field.columns));
  }
}

/** The vector of a small block; zero outside of the field to the left and above. */
export function vectorAt({ columns, x, y }: MotionField, row: number, column: number): Vector {
  if (row < 0 || column < 0) return { x: 0, y: 0 };
  const at = row * columns + column;
  return { x: x[at]!, y: y[at]! };
}

/** Places of the four small blocks of a large one that the field has, in the order of coding. */
export function smallBlocks({ rows, columns }: MotionField, row: number, column: number): BlockPlace[] {
  return [0, 1, 2, 3]
    .map((part): BlockPlace => {
      const place = { row: row + (part >> 1), column: column + (part & 1) };
      return { ...place, span: 1, last: part === 3 };
    })
    .filter((place) => place.row < rows && place.column < columns);
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
