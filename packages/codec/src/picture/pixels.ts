import type { Picture, PictureTile } from "@nacre/signal";
import type { Rectangle } from "./tile-grid.js";

/** A rectangle out of a plane of so many columns. */
export function cropped<Plane extends Uint8Array | Uint16Array>(
  plane: Plane,
  columns: number,
  part: Rectangle,
): Plane {
  const out = plane.slice(0, part.rows * part.columns) as Plane;
  for (let row = 0; row < part.rows; row++) {
    const from = (part.row + row) * columns + part.column;
    out.set(plane.subarray(from, from + part.columns), row * part.columns);
  }
  return out;
}

/**
 * Samples as the encoder takes them: [3, rows, columns], -0.5 .. 0.5, grey three times. Where the tile is smaller
 * than the window its last row and column are repeated.
 */
export function networkInput(
  { width, height, planes }: PictureTile,
  bitDepth: 8 | 16,
  { rows, columns }: { rows: number; columns: number },
): Float32Array {
  const out = new Float32Array(3 * rows * columns);
  const full = 2 ** bitDepth - 1;
  for (let colour = 0, at = 0; colour < 3; colour++) {
    const plane = planes[colour] ?? planes[0]!;
    for (let row = 0; row < rows; row++) {
      const from = Math.min(row, height - 1) * width;
      for (let column = 0; column < columns; column++, at++) {
        out[at] = plane[from + Math.min(column, width - 1)]! / full - 0.5;
      }
    }
  }
  return out;
}

/**
 * What the decoder gave, as samples.
 *
 * values  [3, rows of the window, columns of the window], about -0.5 .. 0.5
 * part    of the window, in pixels
 */
export function tilePlanes(
  values: Float32Array,
  window: { rows: number; columns: number },
  part: Rectangle,
  { bitDepth, colour }: Pick<Picture, "bitDepth" | "colour">,
): PictureTile["planes"] {
  const size = window.rows * window.columns;
  const full = 2 ** bitDepth - 1;
  const count = part.rows * part.columns;
  const planeOf = (value: (at: number) => number) => {
    const out = bitDepth === 8 ? new Uint8Array(count) : new Uint16Array(count);
    for (let row = 0, at = 0; row < part.rows; row++) {
      let from = (part.row + row) * window.columns + part.column;
      for (let column = 0; column < part.columns; column++, at++, from++) {
        out[at] = Math.max(0, Math.min(full, Math.floor((value(from) + 0.5) * full + 0.5)));
      }
    }
    return out;
  };
  if (colour === "grey") {
    return [planeOf((at) => (values[at]! + values[at + size]! + values[at + 2 * size]!) / 3)];
  }
  return [0, 1, 2].map((plane) => planeOf((at) => values[at + plane * size]!));
}
