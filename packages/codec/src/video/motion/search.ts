import { coarseVectors } from "./coarse-search.js";
import { type PhasePlanes, phasePlanes } from "./interpolate.js";
import {
  type BlockPlace,
  blockSize,
  type FramePlanes,
  layVector,
  type MotionField,
  mostVector,
  predictedVector,
  smallBlocks,
  stillField,
  type Vector,
  vectorAt,
} from "./motion-field.js";
import { vectorBits } from "./vector-bits.js";

/**
 * How motion is looked for.
 *
 * worth   what a bit of motion costs beside a sum of absolute differences of luma; 6 by default
 * range   farthest that the first, coarse look goes, in pixels; 32 by default
 * before  the field of the frame before: its vectors are tried too
 */
export type MotionSearchOptions = { worth?: number; range?: number; before?: MotionField };

/** Pixels around the frame that a block may reach into. */
const margin = 24;
/** Differences per pixel under which the coarse look is spared. */
const goodEnough = 1.5;
/** And under which a block is not split. */
const wellEnough = 0.5;
/** A split block tells this many bits more before its vectors. */
const splitBits = 2;

type Search = {
  current: Uint8Array;
  reference: PhasePlanes;
  size: { width: number; height: number };
  field: MotionField;
  worth: number;
  before: MotionField | undefined;
  coarse: (row: number, column: number) => Vector;
};

type Found = Vector & { cost: number };

/**
 * The motion of a frame against the decoded frame before it: of every block of 16 x 16 the vector, or the four of its
 * quarters, with the least sum of absolute differences of luma and of what the vectors cost. Candidates come from
 * neighbours, from the frame before and from a look at a quarter of the size; the best is refined in smaller and smaller
 * steps, down to a quarter of a pixel. The encoder's affair alone: any field decodes.
 *
 * current, reference  planes of one size
 */
export function searchMotion(
  current: FramePlanes,
  reference: FramePlanes,
  { worth = 6, range = 32, before }: MotionSearchOptions = {},
): MotionField {
  const [now, then] = [lumaOf(current), lumaOf(reference)];
  const field = stillField(current);
  const search: Search = {
    current: now,
    reference: phasePlanes(then, current, margin),
    size: current,
    field,
    worth,
    before,
    coarse: coarseVectors(now, then, current, range),
  };
  for (let row = 0; row < field.rows; row += 2) {
    for (let column = 0; column < field.columns; column += 2) searchLarge(search, row, column);
  }
  return field;
}

/** Luma of red, green and blue, in integers. */
export function lumaOf({ planes }: FramePlanes): Uint8Array {
  const [red, green, blue] = planes as [Uint8Array, Uint8Array, Uint8Array];
  const luma = new Uint8Array(red.length);
  for (let i = 0; i < luma.length; i++) luma[i] = (77 * red[i]! + 150 * green[i]! + 29 * blue[i]! + 128) >> 8;
  return luma;
}

function searchLarge(search: Search, row: number, column: number): void {
  const { field, worth } = search;
  const place: BlockPlace = { row, column, span: 2 };
  const whole = searchBlock(search, place, candidatesOf(search, place), true);
  const parts = smallBlocks(field, row, column);
  // A block that already fits has nothing to win.
  if (parts.length > 1 && whole.cost > wellEnough * blockSize.large ** 2) {
    let cost = worth * splitBits;
    for (const part of parts) {
      const found = searchBlock(search, part, [whole, ...candidatesOf(search, part)], false);
      layVector(field, part, found);
      cost += found.cost;
      if (cost >= whole.cost) break;
    }
    if (cost < whole.cost) return;
  }
  layVector(field, place, whole);
}

function candidatesOf({ field, before }: Search, place: BlockPlace): Vector[] {
  const { row, column } = place;
  const around = [vectorAt(field, row, column - 1), vectorAt(field, row - 1, column)];
  const earlier = before && before.x.length === field.x.length ? [vectorAt(before, row, column)] : [];
  return [predictedVector(field, place), { x: 0, y: 0 }, ...around, ...earlier];
}

function searchBlock(search: Search, place: BlockPlace, candidates: readonly Vector[], far: boolean): Found {
  const cost = costOf(search, place);
  let best: Found = { x: 0, y: 0, cost: Number.POSITIVE_INFINITY };
  const offer = (x: number, y: number) => {
    const found = cost(x, y, best.cost);
    if (found >= best.cost) return false;
    best = { x, y, cost: found };
    return true;
  };
  for (const { x, y } of candidates) offer(x, y);
  const pixels = (place.span * blockSize.small) ** 2;
  if (best.cost > goodEnough * pixels) {
    if (far) {
      const { x, y } = search.coarse(place.row, place.column);
      offer(x, y);
    }
    descend(offer, () => best, 16, 4);
  }
  descend(offer, () => best, 8, 4);
  descend(offer, () => best, 4, 4);
  descend(offer, () => best, 2, 2);
  descend(offer, () => best, 1, 2);
  return best;
}

/** Goes to the best of eight neighbours as long as one is better, at most `rounds` times. */
function descend(
  offer: (x: number, y: number) => boolean,
  best: () => Vector,
  step: number,
  rounds: number,
): void {
  for (let round = 0, better = true; better && round < rounds; round++) {
    const { x, y } = best();
    better = false;
    for (const [across, down] of neighbours) {
      if (offer(x + across * step, y + down * step)) better = true;
    }
  }
}

const neighbours = [
  [0, -1],
  [-1, 0],
  [1, 0],
  [0, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
] as const;

/** The cost of a vector for a block; infinity where it points too far, and no less than `limit` once it is passed. */
function costOf({ current, reference, size, field, worth }: Search, place: BlockPlace) {
  const { width, height } = size;
  const [left, top] = [place.column * blockSize.small, place.row * blockSize.small];
  const side = place.span * blockSize.small;
  const [across, down] = [Math.min(side, width - left), Math.min(side, height - top)];
  const { planes, stride } = reference;
  const { x: px, y: py } = predictedVector(field, place);
  return (x: number, y: number, limit: number): number => {
    const [column, line] = [left + (x >> 2) + margin, top + (y >> 2) + margin];
    const inside =
      column >= 0 && line >= 0 && column + across <= stride && line + down <= height + 2 * margin;
    if (!inside || Math.abs(x) > mostVector || Math.abs(y) > mostVector) return Number.POSITIVE_INFINITY;
    const plane = planes[4 * (y & 3) + (x & 3)]!;
    let sum = worth * vectorBits(x - px, y - py);
    for (let row = 0; row < down && sum < limit; row++) {
      let at = (top + row) * width + left;
      let from = (line + row) * stride + column;
      for (const end = at + across; at < end; at++, from++) {
        const difference = current[at]! - plane[from]!;
        sum += difference < 0 ? -difference : difference;
      }
    }
    return sum;
  };
}
