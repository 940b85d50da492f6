import { blockSize, type MotionField, quarterTaps } from "@nacre/codec";
import { add, cast, clip, constant, conv, gather, pad, reshape, type Tensor } from "@nacre/graph";

/**
 * Pixels around a frame at which places are numbered: from there on outwards the edge is all that the taps of a filter see,
 * so that no vector needs more.
 */
const margin = 8;
const [before, after] = [3, 4] as const;

/** A float32 counts without gaps up to here. */
export const mostIndex = 2 ** 24;

/** Places between and on the pixels of a square frame, quarters of a pixel apart, for one plane. */
export function placesOf(size: number): number {
  return 16 * (size + 2 * margin) ** 2;
}

/**
 * Where each pixel of a frame comes from, as numbers of places of the frame before.
 *
 * size  of the square frame in pixels
 * into  [size * size]
 */
export function placesOfField(field: MotionField, size: number, into: Float32Array): void {
  const wide = size + 2 * margin;
  const inside = (place: number) => Math.max(0, Math.min(wide - 1, place + margin));
  for (let row = 0, at = 0; row < size; row++) {
    const blocks = Math.floor(row / blockSize.small) * field.columns;
    for (let column = 0; column < size; column++, at++) {
      const block = blocks + Math.floor(column / blockSize.small);
      const [x, y] = [field.x[block]!, field.y[block]!];
      const phase = 4 * (x & 3) + (y & 3);
      into[at] = (phase * wide + inside(row + (y >> 2))) * wide + inside(column + (x >> 2));
    }
  }
}

/**
 * A frame moved as `warpFrame` of the codec moves it, but for the rounding to bytes: the same filters, with gradients to
 * the reference.
 *
 * reference  [B, C, size, size], -0.5 .. 0.5
 * places     [B, size, size], as placesOfField numbers them
 * returns    [B, C, size, size], clipped to -0.5 .. 0.5
 */
export function warped(reference: Tensor, places: Tensor): Tensor {
  const [batch, channels, size] = reference.shape as [number, number, number, number];
  const wide = size + 2 * margin;
  const edged = pad(
    reference,
    [
      [0, 0],
      [0, 0],
      [margin + before, margin + after],
      [margin + before, margin + after],
    ],
    { mode: "edge" },
  );
  const tall = wide + before + after;
  const across = conv(reshape(edged, [batch * channels, 1, tall, tall]), filters([1, 8]));
  const both = conv(reshape(across, [batch * channels * 4, 1, tall, wide]), filters([8, 1]));
  const planes = reshape(both, [batch * channels * placesOf(size), 1]);
  const chosen = gather(planes, indices(places, channels, placesOf(size)), 0);
  return clip(reshape(chosen, reference.shape), -0.5, 0.5);
}

/** The four filters as kernels [4, 1, rows, columns]. */
function filters([rows, columns]: readonly [number, number]): Tensor {
  const taps = quarterTaps.flat().map((tap) => tap / 64);
  return constant(Float32Array.from(taps), [4, 1, rows, columns]);
}

/** Numbers of places in all planes of all items, [B * C * size * size]. */
function indices(places: Tensor, channels: number, perPlane: number): Tensor {
  const [batch, height, width] = places.shape as [number, number, number];
  const offsets = Float32Array.from({ length: batch * channels }, (_, plane) => plane * perPlane);
  const own = reshape(places, [batch, 1, height * width]);
  const all = add(own, constant(offsets, [batch, channels, 1]));
  return cast(reshape(all, [batch * channels * height * width]), "int64");
}
