import { quarterTaps, roundedByte, tapCount, tapsBefore } from "./interpolate.js";
import { blockSize, type FramePlanes, type MotionField } from "./motion-field.js";

const side = blockSize.small;
const reach = side + tapCount - 1;

/**
 * A frame as the one before it and the motion between them say it looks: every block copied from where its vector points,
 * at quarters of a pixel, the edge repeated beyond the frame. Integers alone: all machines make the same bytes.
 *
 * reference  planes of the frame before
 * field      of its size
 * returns    planes of the same size
 */
export function warpFrame(reference: FramePlanes, field: MotionField): FramePlanes {
  const { width, height } = reference;
  return { width, height, planes: reference.planes.map((plane) => warpPlane(plane, reference, field)) };
}

function warpPlane(plane: Uint8Array, size: Omit<FramePlanes, "planes">, field: MotionField): Uint8Array {
  const out = new Uint8Array(plane.length);
  const scratch = {
    rows: new Int32Array(reach * side),
    lines: new Int32Array(reach),
    at: new Int32Array(reach),
  };
  for (let row = 0, block = 0; row < field.rows; row++) {
    for (let column = 0; column < field.columns; column++, block++) {
      const place = { left: column * side, top: row * side, x: field.x[block]!, y: field.y[block]! };
      if (((place.x | place.y) & 3) === 0) copyBlock(plane, size, place, out, scratch);
      else filterBlock(plane, size, place, out, scratch);
    }
  }
  return out;
}

type Place = { left: number; top: number; x: number; y: number };
/** Columns and starts of lines that the taps of a block see, and its rows once they are filtered. */
type Scratch = { rows: Int32Array; lines: Int32Array; at: Int32Array };

function copyBlock(
  plane: Uint8Array,
  size: Omit<FramePlanes, "planes">,
  place: Place,
  out: Uint8Array,
  scratch: Scratch,
): void {
  const { width, height } = size;
  laySeen(size, place, scratch);
  const { lines, at } = scratch;
  for (let row = 0; row < side && place.top + row < height; row++) {
    const from = lines[row + tapsBefore]!;
    const to = (place.top + row) * width + place.left;
    const count = Math.min(side, width - place.left);
    for (let column = 0; column < count; column++) out[to + column] = plane[from + at[column + tapsBefore]!]!;
  }
}

function filterBlock(
  plane: Uint8Array,
  size: Omit<FramePlanes, "planes">,
  place: Place,
  out: Uint8Array,
  scratch: Scratch,
): void {
  const { width, height } = size;
  laySeen(size, place, scratch);
  filterRows(plane, quarterTaps[place.x & 3]!, scratch);
  const { rows } = scratch;
  const taps = quarterTaps[place.y & 3]!;
  for (let row = 0; row < side && place.top + row < height; row++) {
    const to = (place.top + row) * width + place.left;
    for (let column = 0; column < side && place.left + column < width; column++) {
      let sum = 0;
      for (let tap = 0; tap < tapCount; tap++) sum += taps[tap]! * rows[(row + tap) * side + column]!;
      out[to + column] = roundedByte(sum);
    }
  }
}

function filterRows(plane: Uint8Array, taps: readonly number[], { rows, lines, at }: Scratch): void {
  for (let line = 0, to = 0; line < reach; line++) {
    const from = lines[line]!;
    for (let column = 0; column < side; column++, to++) {
      let sum = 0;
      for (let tap = 0; tap < tapCount; tap++) sum += taps[tap]! * plane[from + at[column + tap]!]!;
      rows[to] = sum;
    }
  }
}

function laySeen(
  { width, height }: Omit<FramePlanes, "planes">,
  { left, top, x, y }: Place,
  { lines, at }: Scratch,
): void {
  for (let i = 0; i < reach; i++) {
    const [column, line] = [left + (x >> 2) + i - tapsBefore, top + (y >> 2) + i - tapsBefore];
    at[i] = Math.max(0, Math.min(width - 1, column));
    lines[i] = Math.max(0, Math.min(height - 1, line)) * width;
  }
}
