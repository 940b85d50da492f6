import { blockSize, type Vector } from "./motion-field.js";

/** Pixels of the frame along a side of one of the small picture. */
const shrink = 4;
/** Small pixels along a side of what is compared: the block and its surroundings. */
const side = 8;

/**
 * Looks for the motion of large blocks at a quarter of the size, at every place in reach, when it is asked for.
 *
 * current, reference  luma [height, width]
 * range               pixels
 * returns             the vector of the large block whose first small block stands at (row, column)
 */
export function coarseVectors(
  current: Uint8Array,
  reference: Uint8Array,
  size: { width: number; height: number },
  range: number,
): (row: number, column: number) => Vector {
  const reach = Math.ceil(range / shrink);
  const offsets = nearFirst(reach);
  let planes: [Small, Small] | undefined;
  return (row, column) => {
    planes ??= [shrunk(current, size, side), shrunk(reference, size, side + reach)];
    const [now, then] = planes;
    const inset = (side - blockSize.large / shrink) / 2;
    const left = (column * blockSize.small) / shrink - inset;
    const top = (row * blockSize.small) / shrink - inset;
    let best = { x: 0, y: 0, cost: Number.POSITIVE_INFINITY };
    for (const { x, y } of offsets) {
      const cost = difference(now, then, left, top, x, y, best.cost) + Math.abs(x) + Math.abs(y);
      if (cost < best.cost) best = { x, y, cost };
    }
    return { x: best.x * 4 * shrink, y: best.y * 4 * shrink };
  };
}

/** All offsets in reach, small ones first: a good one that comes early ends the look at many others. */
function nearFirst(reach: number): Vector[] {
  const side = 2 * reach + 1;
  const all = Array.from({ length: side * side }, (_, at) => ({
    x: (at % side) - reach,
    y: Math.floor(at / side) - reach,
  }));
  return all.sort((a, b) => a.x ** 2 + a.y ** 2 - (b.x ** 2 + b.y ** 2));
}

type Small = { pixels: Uint8Array; stride: number; margin: number };

function difference(
  now: Small,
  then: Small,
  left: number,
  top: number,
  x: number,
  y: number,
  limit: number,
): number {
  let sum = 0;
  for (let row = 0; row < side && sum < limit; row++) {
    let a = (top + row + now.margin) * now.stride + left + now.margin;
    let b = (top + row + y + then.margin) * then.stride + left + x + then.margin;
    for (const end = a + side; a < end; a++, b++) {
      const one = now.pixels[a]! - then.pixels[b]!;
      sum += one < 0 ? -one : one;
    }
  }
  return sum;
}

/** A quarter of the size by means, with the edge repeated around it; whole large blocks wide and high. */
function shrunk(
  plane: Uint8Array,
  { width, height }: { width: number; height: number },
  margin: number,
): Small {
  const whole = blockSize.large / shrink;
  const columns = Math.ceil(width / blockSize.large) * whole;
  const rows = Math.ceil(height / blockSize.large) * whole;
  const stride = columns + 2 * margin;
  const pixels = new Uint8Array(stride * (rows + 2 * margin));
  for (let row = 0, at = 0; row < rows + 2 * margin; row++) {
    for (let column = 0; column < stride; column++, at++) {
      pixels[at] = meanAt(plane, width, height, shrink * (column - margin), shrink * (row - margin));
    }
  }
  return { pixels, stride, margin };
}

function meanAt(plane: Uint8Array, width: number, height: number, left: number, top: number): number {
  let sum = 0;
  for (let row = 0; row < shrink; row++) {
    const from = Math.max(0, Math.min(height - 1, top + row)) * width;
    for (let column = 0; column < shrink; column++) {
      sum += plane[from + Math.max(0, Math.min(width - 1, left + column))]!;
    }
  }
  return (sum + shrink ** 2 / 2) >> 4;
}
