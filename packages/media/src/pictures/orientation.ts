/**
 * How a stored picture is set upright: EXIF orientation 1 .. 8, named by where row 0 and column 0 of what is
 * stored belong. Source: Exif 2.32 (CIPA DC-008), tag 274.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The orientation that a file names; anything else counts as upright. */
export function orientationOf(value: number | undefined): Orientation {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8
    ? (value as Orientation)
    : 1;
}

/** True where width and height change places. */
export function isTurned(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** A rectangle of pixels. */
export type Rectangle = { x: number; y: number; width: number; height: number };

/**
 * Where the pixels of an upright rectangle are stored.
 *
 * first, end  the rows that hold it
 * origin      index, in pixels from the start of row `first`, of the rectangle's top left pixel
 * right, down steps of that index to the next pixel of the rectangle
 */
export type StoredPlace = { first: number; end: number; origin: number; right: number; down: number };

/** Finds an upright rectangle in a picture that is stored as `width` x `height` pixels. */
export function storedPlace(
  { x, y, width: across, height: along }: Rectangle,
  orientation: Orientation,
  width: number,
  height: number,
): StoredPlace {
  const rows = [stored(x, y), stored(x + across - 1, y + along - 1)].map(([, row]) => row);
  const first = Math.min(...rows);
  const index = (atX: number, atY: number) => {
    const [column, row] = stored(atX, atY);
    return (row - first) * width + column;
  };
  const origin = index(x, y);
  return {
    first,
    end: Math.max(...rows) + 1,
    origin,
    right: index(x + 1, y) - origin,
    down: index(x, y + 1) - origin,
  };

  function stored(atX: number, atY: number): [column: number, row: number] {
    const [u, v] = isTurned(orientation) ? [atY, atX] : [atX, atY];
    const mirrored = [2, 3, 7, 8].includes(orientation);
    const upended = [3, 4, 6, 7].includes(orientation);
    return [mirrored ? width - 1 - u : u, upended ? height - 1 - v : v];
  }
}
