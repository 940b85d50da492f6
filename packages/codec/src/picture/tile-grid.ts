import type { PictureModel } from "./picture-model.js";

/** A rectangle, in positions of the latent. */
export type Rectangle = { row: number; column: number; rows: number; columns: number };

/**
 * How a picture is cut into tiles, all in positions of the latent.
 *
 * rows, columns  of the padded picture, whole cells
 * size           a tile's side
 * down, across   tiles
 */
export type TileGrid = { rows: number; columns: number; size: number; down: number; across: number };

/** The tiles of a picture of so many pixels. */
export function tileGridOf(
  { config, patch, cell }: Pick<PictureModel, "config" | "patch" | "cell">,
  { width, height }: { width: number; height: number },
): TileGrid {
  const whole = (pixels: number) => Math.ceil(pixels / (patch * cell)) * cell;
  const [rows, columns, { size }] = [whole(height), whole(width), config.tile];
  return { rows, columns, size, down: Math.ceil(rows / size), across: Math.ceil(columns / size) };
}

/** Where a tile lies; numbers go row by row. */
export function tileAt({ rows, columns, size, across }: TileGrid, number: number): Rectangle {
  const row = Math.floor(number / across) * size;
  const column = (number % across) * size;
  return { row, column, rows: Math.min(size, rows - row), columns: Math.min(size, columns - column) };
}

/**
 * What a network is given for a tile: the tile and a margin, moved into the picture where it would stick out. So
 * all windows of a picture have one size, and at the picture's edge a network sees what it saw in training.
 */
export function windowAt(grid: TileGrid, tile: Rectangle, margin: number): Rectangle {
  const rows = Math.min(grid.rows, grid.size + 2 * margin);
  const columns = Math.min(grid.columns, grid.size + 2 * margin);
  const row = Math.max(0, Math.min(tile.row - margin, grid.rows - rows));
  const column = Math.max(0, Math.min(tile.column - margin, grid.columns - columns));
  return { row, column, rows, columns };
}

/** A rectangle measured in another unit: cells (1 / 4) or pixels (16). */
export function scaled({ row, column, rows, columns }: Rectangle, by: number): Rectangle {
  return { row: row * by, column: column * by, rows: rows * by, columns: columns * by };
}

/** A tile's pixels within its picture. */
export function tilePart(
  at: Rectangle,
  patch: number,
  { width, height }: { width: number; height: number },
): Rectangle {
  const { row, column, rows, columns } = scaled(at, patch);
  return { row, column, rows: Math.min(rows, height - row), columns: Math.min(columns, width - column) };
}

/** The part that two rectangles share; rows or columns are 0 where there is none. */
export function shared(a: Rectangle, b: Rectangle): Rectangle {
  const row = Math.max(a.row, b.row);
  const column = Math.max(a.column, b.column);
  return {
    row,
    column,
    rows: Math.max(0, Math.min(a.row + a.rows, b.row + b.rows) - row),
    columns: Math.max(0, Math.min(a.column + a.columns, b.column + b.columns) - column),
  };
}

/** Values on a rectangle of places, `width` of them at each, row by row. */
export type Placed<Data> = { at: Rectangle; data: Data; width: number };

type Values = Float32Array | Int32Array | Uint8Array | Uint16Array;

/** Copies what two rectangles share from one to the other. */
export function copyShared<Data extends Values>(from: Placed<Data>, to: Placed<Data>): void {
  const { width } = from;
  const part = shared(from.at, to.at);
  if (part.columns === 0) return;
  const offset = ({ at }: Placed<Data>, row: number) =>
    ((row - at.row) * at.columns + part.column - at.column) * width;
  for (let row = part.row; row < part.row + part.rows; row++) {
    const start = offset(from, row);
    to.data.set(from.data.subarray(start, start + part.columns * width), offset(to, row));
  }
}
